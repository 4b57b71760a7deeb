import type { Config, ConfigStatus } from './config.ts'
import type { Event, Notice } from './event.ts'
import { idleRunState } from './run.ts'
import type { SourceId } from './sources/index.ts'
import { isSourceId, perSource, sourceIds } from './sources/known.ts'
import type { SourceView } from './state.ts'

/** The whole of what a page shows of one node. The gateway holds one, each browser holds one, the same events change both. */
export interface LiveModel {
  node: string
  sources: Record<SourceId, SourceView>
  config: { status: ConfigStatus; config: Config } | null
  /** What the owner must know of the system itself, by id. */
  notices: Record<string, Notice>
}

/** A model in which nothing has happened yet. */
export function emptyModel(node: string, config: Config): LiveModel {
  const sources = perSource(
    (id): SourceView => ({
      id,
      settings: config.sources[id],
      reading: null,
      success: null,
      outcome: null,
      failure: null,
      run: idleRunState,
    }),
  )
  return { node, sources, config: null, notices: {} }
}

/**
 * The model after an event. Returns a new model that shares what did not change; events of other nodes and of
 * sources that this version does not know change nothing.
 */
export function applyEvent(model: LiveModel, event: Event): LiveModel {
  if (event.node !== model.node) return model
  switch (event.type) {
    case 'reading':
      return withSource(model, event.source, (view) => ({
        ...view,
        reading: event.reading,
        success: event.stamp,
        outcome: event.failure === null ? 'ok' : 'partial',
        failure: event.failure ?? view.failure,
      }))
    case 'success':
      return withSource(model, event.source, (view) => ({
        ...view,
        success: event.stamp,
        outcome: event.failure === undefined ? 'ok' : 'partial',
        failure: event.failure ?? view.failure,
      }))
    case 'failure':
      return withSource(model, event.source, (view) => ({
        ...view,
        outcome: 'failed',
        failure: event.failure,
      }))
    case 'run':
      return withSource(model, event.source, (view) => ({ ...view, run: event.run }))
    case 'press':
      return withSource(model, event.source, (view) => ({ ...view, press: event.press }))
    case 'config':
      return withConfig(model, event.status, event.config)
    case 'notice': {
      const { [event.id]: _, ...others } = model.notices
      return { ...model, notices: event.text === null ? others : { ...others, [event.id]: event } }
    }
    case 'command':
    case 'clock':
    case 'write':
      return model
  }
}

function withSource(model: LiveModel, source: string, change: (view: SourceView) => SourceView): LiveModel {
  if (!isSourceId(source)) return model
  return { ...model, sources: { ...model.sources, [source]: change(model.sources[source]) } }
}

function withConfig(model: LiveModel, status: ConfigStatus, config: Config): LiveModel {
  const sources = { ...model.sources }
  for (const id of sourceIds) sources[id] = { ...sources[id], settings: config.sources[id] }
  return { ...model, sources, config: { status, config } }
}
