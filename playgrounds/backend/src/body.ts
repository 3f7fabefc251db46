/** How a body is read: bounded before it becomes objects, so that none keeps everybody waiting. */
import type { FastifyInstance } from 'fastify'
import { RequestError } from './errors.ts'

/** Of a request that is no upload. */
export const maxBodyBytes = 256 * 1024

/** More than any request needs. 1.8 MB of brackets took 0.7 s to read, and as much again to check. */
const maxDepth = 32

export function readBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (depthOf(body) <= maxDepth) void parse(request, body, done)
      else done(new RequestError('bad-json', `The body is nested more than ${maxDepth} deep.`))
    },
  )
}

/** How deep the brackets of a JSON text are nested. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '"') isInString = !isInString
    else if (character === '\\') at++
    else if (isInString) continue
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return deepest
}
