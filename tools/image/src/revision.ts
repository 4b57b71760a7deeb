import { run } from './run.ts'

/** What every image is made from, besides its app's folder. */
const shared = [
  'packages',
  'tools/bundle',
  'tools/image',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'tsconfig.base.json',
  'docker-bake.hcl',
]

/**
 * The last commit that touched what an app's image is made from, with `-dirty` where that is changed since; empty without git. Not the
 * newest commit of all: with it in the label every commit would make every image another one, to be sent to each Pi anew.
 */
export async function revisionOf(folder: string, app: string): Promise<string> {
  const paths = ['--', `apps/${app}`, ...shared]
  const commit = (await git(folder, 'log', '-1', '--format=%H', ...paths)).trim()
  if (commit === '') return ''
  const isChanged = (await git(folder, 'status', '--porcelain', '--untracked-files=no', ...paths)) !== ''
  return `${commit}${isChanged ? '-dirty' : ''}`
}

/** Empty where there is no git, or no such thing. */
export const git = (folder: string, ...args: string[]) => run('git', ['-C', folder, ...args]).catch(() => '')
