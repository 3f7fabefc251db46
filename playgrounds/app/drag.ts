/** Stops that are dragged to another place. Without a pointer their buttons do the same. */
import SortableList from 'sortablejs'

/**
 * @param move Gets the id of the stop and its new index.
 * @returns Ends it.
 */
export function dragStops(
  list: HTMLElement,
  move: (id: string, index: number) => void,
): () => void {
  let next: ChildNode | null = null
  const sortable = SortableList.create(list, {
    draggable: '[data-row]',
    filter: 'input, button, form',
    preventOnFilter: false,
    delay: 250, // a touch that scrolls is no drag
    delayOnTouchOnly: true,
    animation: 150,
    ghostClass: 'dragged',
    onStart({ item }) {
      next = item.nextSibling
    },
    onEnd({ item, newDraggableIndex }) {
      // The order of the elements is the framework's: they go back, and come in the new order from the rows.
      list.insertBefore(item, next)
      const { row } = item.dataset
      if (row !== undefined && newDraggableIndex !== undefined) move(row, newDraggableIndex)
    },
  })
  return () => sortable.destroy()
}
