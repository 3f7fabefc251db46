import { readTodos } from '#lib/server/todos.ts'

export const GET = () => Response.json(readTodos())
