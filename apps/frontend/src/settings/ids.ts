/** The id of a setting's control on the page, by the path that the gateway names it with. */
export const idOf = (path: string) => `setting-${path}`
