/** A count with its noun, which a line break does not part. */
export const plural = (count: number, one: string, many: string) =>
  `${count}\u00a0${count === 1 ? one : many}`
