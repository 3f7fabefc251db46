/** What a backend would read from its own database. */
export default defineEventHandler(() => [
  { id: 'a', title: 'Pack', done: 0 },
  { id: 'b', title: 'Go', done: 0 },
])
