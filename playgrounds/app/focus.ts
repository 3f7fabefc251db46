/**
 * Runs `move`, which puts the list item of a button somewhere else, and gives the focus back: an element that is moved
 * loses it. A button that is switched off then, at either end of the list, hands it to its neighbour.
 */
export function keepFocus(event: MouseEvent, move: () => void): void {
  const button = event.currentTarget as HTMLButtonElement
  move()
  requestAnimationFrame(() => {
    const neighbour = button.parentElement?.querySelector<HTMLButtonElement>('button:enabled')
    const next = button.disabled ? neighbour : button
    next?.focus()
  })
}
