import { readTodos } from '../../todos.ts'

export const GET = () => Response.json(readTodos())
