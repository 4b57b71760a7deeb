/** Words of the cards' arranging, which is loaded at the click. */
export const arrangeWords = {
  heading: 'Arrange the cards',
  how: 'Drag a card by its handle, or move it with the arrows. This changes the page for everybody who opens it.',
  up: (title: string) => `Move up: ${title}`,
  down: (title: string) => `Move down: ${title}`,
  hide: 'Hide',
  show: 'Show',
  hideCard: (title: string) => `Hide: ${title}`,
  showCard: (title: string) => `Show: ${title}`,
  isHidden: 'hidden',
  place: (title: string, place: number, of: number) => `${title} is now ${place} of ${of}.`,
  nowHidden: (title: string) => `${title} is hidden.`,
  nowShown: (title: string) => `${title} is shown.`,
  save: 'Save',
  cancel: 'Cancel',
  lost: 'Somebody else arranged the cards in between. This is their order: change it and save again.',
  busy: 'The settings change too often right now. Nothing was saved: try again.',
} as const
