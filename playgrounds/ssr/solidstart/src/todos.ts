/** What a backend would read from its own database. */
export const readTodos = () => [
  { id: 'a', title: 'Pack', done: 0 },
  { id: 'b', title: 'Go', done: 0 },
]
