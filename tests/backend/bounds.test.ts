import { request } from 'node:http'
import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { startServiceBackend } from '../support/backend-service.ts'

interface Post {
  readonly path: string
  readonly body: unknown
}

async function post(backend: TestBackend, { path, body }: Post) {
  const response = await fetch(backend.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token()}`,
      'content-type': 'application/json',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const { code } = JSON.parse(text) as { code?: string }
  return { status: response.status, code, characters: text.length }
}

/** `fetch` sets the host itself, and mends the path. */
function ask(url: string, path: string, host?: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url)
    const headers = host === undefined ? {} : { host }
    const asked = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

test('a page whose own name points at this machine is not answered', async () => {
  const backend = await startTestBackend({ allowedHosts: ['planner.example.com'] })
  const token = (host: string) => ask(backend.url, '/api/token', host)
  for (const host of [
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
  ]) {
    const { status, body } = await token(host)
    expect(status, host).toBe(421)
    expect(JSON.parse(body), host).toMatchObject({ code: 'unknown-host' })
    expect(body).not.toContain('"token"')
  }
  const own = ['localhost:1', '127.0.0.1', '[::1]:3000', '192.168.1.4:3000', 'vue.localhost:3000']
  for (const host of [...own, 'host.docker.internal:3000', 'Planner.Example.com'])
    expect((await token(host)).status, host).toBe(200)
})

test('each answer says how far a browser may trust it', async () => {
  const embedded = await startTestBackend()
  for (const path of ['/api/token', '/api/nothing', '/%', '/sync/stream']) {
    const { headers } = await fetch(embedded.url + path)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('content-security-policy'), path).toMatch(
      /default-src 'self';.*frame-ancestors 'self'/,
    )
  }
  // The service is another origin.
  const service = await startServiceBackend({ powersyncUrl: 'https://powersync.example.com/path' })
  const { headers } = await fetch(`${service.url}/api/token`)
  expect(headers.get('content-security-policy')).toContain(
    `connect-src 'self' https://powersync.example.com;`,
  )
})

test('a path that is no path gets an answer like any other error', async () => {
  const backend = await startTestBackend()
  for (const path of ['/%', '/api/%ff%', '/vue/%zz']) {
    const { status, body } = await ask(backend.url, path)
    expect(status).toBe(400)
    expect(JSON.parse(body)).toEqual({ code: 'bad-request', message: expect.any(String) })
  }
})

test('a stream that is not in the sync config, and a client id that is none, get a 400', async () => {
  const backend = await startTestBackend()
  const subscribe = (stream: string) => ({
    path: '/sync/stream',
    body: { streams: { include_defaults: true, subscriptions: [{ stream }] } },
  })
  for (const stream of ['nothing', 'toString', '__proto__'])
    expect(await post(backend, subscribe(stream))).toMatchObject({
      status: 400,
      code: 'unknown-stream',
    })
  for (const id of ['', 'a\u0000b', 'a\ud800', 'x'.repeat(201)]) {
    const bodies: Post[] = [
      { path: '/sync/stream', body: { client_id: id } },
      { path: '/sync/checkpoint-request', body: { client_id: id, checkpoint_request_id: '1' } },
      {
        path: '/api/upload',
        body: { key: { client: id, transaction: 1, part: 0, isLast: true }, operations: [] },
      },
    ]
    for (const body of bodies)
      expect(await post(backend, body)).toMatchObject({ status: 400, code: 'bad-request' })
  }
  const checkpoint = await fetch(`${backend.url}/write-checkpoint2.json?client_id=a%00b`, {
    headers: { authorization: `Token ${await backend.token()}` },
  })
  expect(checkpoint.status).toBe(400)
})

const columns = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"c${index}":1`).join()}}`
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('what nobody asks for in earnest is refused in a few words', async () => {
  const backend = await startTestBackend()
  const upload = (data: string) =>
    `{"operations":[{"op":"PUT","table":"trips","id":"t","data":${data}}]}`
  const subscriptions = Array.from({ length: 1_001 }, () => ({ stream: 'trips' }))
  const refused: [code: string, post: Post][] = [
    ['bad-request', { path: '/sync/stream', body: { streams: { subscriptions } } }],
    [
      'body-too-large',
      { path: '/sync/stream', body: { parameters: { much: 'x'.repeat(300_000) } } },
    ],
    ['body-too-large', { path: '/api/faults', body: columns(50_000) }],
    ['bad-request', { path: '/api/faults', body: columns(10_000) }],
    ['unknown-column', { path: '/api/upload', body: upload(columns(80_000)) }],
    ['bad-json', { path: '/api/upload', body: upload(deep(400_000)) }],
    ['bad-json', { path: '/sync/stream', body: deep(100_000) }],
    ['bad-json', { path: '/sync/stream', body: '{"a":'.repeat(40) }],
    ['bad-value', { path: '/api/upload', body: `{"operations":[${'{},'.repeat(9_000)}{}]}` }],
    ['body-too-large', { path: '/api/upload', body: `{"operations":[${'1,'.repeat(10_000)}1]}` }],
  ]
  for (const [code, wanted] of refused) {
    const answer = await post(backend, wanted)
    expect(answer, `${code} ${wanted.path}`).toMatchObject({ code })
    expect(answer.characters).toBeLessThan(1_500)
  }
  // Brackets in a text are no nesting.
  const name = `"${'[{'.repeat(90)}\\"\\\\"`
  expect(await post(backend, { path: '/api/upload', body: upload(`{"name":${name}}`) })).toEqual({
    status: 200,
    code: undefined,
    characters: 2,
  })
})

test('a bucket that a thousand subscriptions ask for comes once, with the reason of each', async () => {
  const backend = await startTestBackend()
  const subscriptions = Array.from({ length: 1_000 }, () => ({ stream: 'places' }))
  const response = await fetch(`${backend.url}/sync/stream`, {
    method: 'POST',
    headers: {
      authorization: `Token ${await backend.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ streams: { include_defaults: false, subscriptions } }),
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('\n')) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  const { checkpoint } = JSON.parse(text.split('\n')[0] ?? '') as {
    checkpoint: { buckets: { subscriptions: unknown[] }[] }
  }
  expect(checkpoint.buckets).toHaveLength(1)
  expect(checkpoint.buckets[0]?.subscriptions).toEqual(
    subscriptions.map((_, index) => ({ sub: index })),
  )
})

test('others are answered while a large upload is written', async () => {
  const backend = await startTestBackend()
  const operations = Array.from({ length: 8_000 }, (_, index) => ({
    op: 'PUT',
    table: 'trips',
    id: `${index}`,
    data: { name: 'Lapland' },
  }))
  const others: number[] = []
  const upload = post(backend, { path: '/api/upload', body: { operations } })
  const asked = new AbortController()
  const ask = async () => {
    while (!asked.signal.aborted) others.push((await fetch(`${backend.url}/api/jwks`)).status)
  }
  const asking = ask()
  await upload
  const answered = others.length
  asked.abort()
  await asking
  expect(await upload).toMatchObject({ status: 200 })
  // The upload has 16 pages, and others have their turn between any two.
  expect(answered).toBeGreaterThan(4)
  expect(new Set(others)).toEqual(new Set([200]))
})
