/** Words of the history on the cards. */
export const historyWords = {
  of: (title: string) => `History of ${title}:`,
  strip: (label: string, least: string, most: string) => `${label} in 24\u00a0hours: ${least} to ${most}`,
  simulated: '(simulated)',
  failed: 'the Pi did not answer.',
  trouble: (message: string) => `The history does not load: ${message} It is asked for again by itself.`,
  loading: 'Loading the history.',
  show: 'Show',
  range: 'How far back',
  span: (hours: number) => (hours === 1 ? '1\u00a0hour' : `${hours}\u00a0hours`),
  nothingIn: (span: string) => `Nothing was measured in the last ${span}.`,
  chart: (label: string, span: string) => `${label}, last ${span}`,
  sentence: (least: string, most: string, now: string) => `Lowest ${least}, highest ${most}, newest ${now}.`,
  table: 'As a table',
  columns: {
    from: 'From',
    lowest: (name: string | null) => (name === null ? 'Lowest' : `${name}, lowest`),
    highest: (name: string | null) => (name === null ? 'Highest' : `${name}, highest`),
  },
  pointAt: 'Point at the chart to read its values.',
  value: (least: string, most: string) => (least === most ? least : `${least} to ${most}`),
  gap: 'nothing was measured',
}
