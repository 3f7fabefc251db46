import { readTodos } from '#lib/server/todos.ts'

export const load = () => ({ todos: readTodos() })
