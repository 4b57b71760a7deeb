import type { ConfigCause } from '@tailboard/contracts/config-version'

const plural = (count: number, one: string, many: string) => `${count}\u00a0${count === 1 ? one : many}`

/** Words of the settings page. In a file of their own: the first load does without them. */
export const settingsWords = {
  intro: 'They are kept in config/tailboard.yaml. What is changed here stands there, beside your comments.',
  loading: 'Asking for the settings…',
  again: 'Try again',
  general: 'General',
  /** Groups that are neither general nor a source's. */
  groups: { page: 'Home page' } as Record<string, string>,
  /** Of what the contract gives no label: the parts of a list's entry. */
  labels: { address: 'Address', name: 'Name' } as Record<string, string>,
  named: (section: string, label: string) => `${section}: ${label}`,
  withUnit: (label: string, unit: string) => `${label} (${unit})`,
  on: 'on',
  off: 'off',
  empty: 'empty',
  noEntries: 'none',
  fileOnly: 'This page does not know how to change it. Change it in config/tailboard.yaml.',
  range: (least: number | null, most: number | null) =>
    least === null
      ? most === null
        ? ''
        : `${most} or less.`
      : most === null
        ? `${least} or more.`
        : `${least} to ${most}.`,
  letters: (count: number) => `${count} letters at most.`,
  entries: (count: number) => `${count} at most.`,
  byDefault: (value: string) => `Default: ${value}.`,
  toDefault: 'Use the default',
  toDefaultFor: (label: string, value: string) => `Use the default: ${label}, ${value}`,
  missing: 'must not be empty',
  notANumber: 'must be a number',
  notWhole: 'must be a whole number',
  tooLittle: (least: number) => `must be ${least} or more`,
  tooMuch: (most: number) => `must be ${most} or less`,
  tooLong: (longest: number) => `must be ${longest} letters or fewer`,
  tooMany: (most: number) => `must be ${most} or fewer`,
  halfATime: 'must be a whole time such as 22:30',
  entry: (number: number) => `Entry ${number}`,
  add: (list: string) => `Add: ${list}`,
  remove: 'Remove',
  removeEntry: (entry: string) => `Remove: ${entry}`,
  every: (interval: string) => `every ${interval}`,
  edited: (count: number) => plural(count, 'change', 'changes'),
  wrong: (count: number) => plural(count, 'mistake', 'mistakes'),
  preview: 'Not saved yet',
  change: (name: string, from: string, to: string) => `${name}: ${from} → ${to}`,
  mistake: (name: string, reason: string) => `${name} ${reason}`,
  save: 'Save',
  saving: 'Saving…',
  discard: 'Discard',
  saved: (count: number) => `Saved: ${plural(count, 'change', 'changes')}. The file says so now.`,
  notSaved: 'Not saved.',
  mendFirst: 'Something is not as it must be. Each mistake stands beside its field.',
  chooseFirst: 'Somebody else changed the same settings. Choose below which value is to stay.',
  changedMeanwhile: 'Somebody else changed the settings meanwhile. Nothing of yours was saved or lost.',
  lookAgain: 'What you did not touch shows their values now. Look at it, and save again.',
  conflict: (value: string) => `Somebody else changed this to: ${value}`,
  keepMine: 'Keep mine',
  keepMineFor: (label: string, value: string) => `Keep mine: ${label}, ${value}`,
  takeTheirs: 'Take theirs',
  takeTheirsFor: (label: string, value: string) => `Take theirs: ${label}, ${value}`,
  leave: 'There are changes that are not saved. Leave this page and lose them?',
  offline: 'No connection: nothing can be saved until it is back. What you typed stays.',
  versions: {
    title: 'Versions',
    intro: 'The last 20 are kept. A return brings back values, comments and order, and is a version itself.',
    none: 'No version is kept yet.',
    causes: {
      start: 'The first one',
      hand: 'Edited by hand',
      page: 'Changed on the page',
      restore: 'A return',
    } satisfies Record<ConfigCause, string>,
    restored: (id: string) => `Return to version ${id}`,
    number: (id: string) => `Version ${id}`,
    by: (address: string) => `from ${address}`,
    inForce: 'in force',
    changed: (count: number) => plural(count, 'value', 'values'),
    commentsAlone: 'Comments or order alone.',
    more: (count: number) => `and ${count} more`,
    differs: 'What differs from now',
    differsFor: (id: string) => `What differs from now: version ${id}`,
    same: 'Its values are those that are in force. Comments and order may differ.',
    back: 'Return to it',
    backFor: (id: string) => `Return to it: version ${id}`,
    returned: (id: string) => `Version ${id} is in force again.`,
    undo: 'Undo the return',
  },
} as const
