/** The height of one row of a packed grid (px), as its style sheet says it too. */
const rowPx = 4

/**
 * Gives an item of a grid as many low rows as it is high. The grid then puts each next item into the column that is free
 * first: no holes, and the order from top to bottom stays that of the document.
 */
export function pack(item: HTMLElement): () => void {
  const observer = new ResizeObserver(() => {
    item.style.gridRowEnd = `span ${Math.ceil(item.offsetHeight / rowPx)}`
  })
  observer.observe(item)
  return () => observer.disconnect()
}
