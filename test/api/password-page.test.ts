import { expect, test } from 'vitest'
import { startTestApi, type TestApi, type TestApiOptions } from '../support/api.ts'
import { findBrowser, howToGetBrowser, launchBrowser } from '../support/browser.ts'
import { createDatabase, type TestDatabase } from '../support/servers.ts'

interface Answer {
  readonly status: number
  readonly body: {
    readonly endpoint?: object
    readonly expiresAt?: string
    readonly test?: { readonly ok: boolean; readonly detail: string; readonly remedy?: string }
    readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
  }
}

/** An endpoint without a password for a database that asks for one, and a link to enter it. */
async function openScene(options: TestApiOptions = {}) {
  const api = await startTestApi(options)
  const database = await createDatabase('source')
  const { host, port, user, name } = database
  const { endpoint } = await api.mutate<{ endpoint: { id: string; hasPassword: boolean } }>(
    'createEndpoint',
    { name: 'Shop <b>old</b>', connection: { host, port, user, database: name, tls: { mode: 'DISABLE' } } },
    'endpoint { id hasPassword }',
  )
  const link = await createLink(api, endpoint.id)
  return {
    api,
    database,
    endpoint,
    ...link,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

async function createLink(api: TestApi, endpointId: string) {
  const { url, expiresAt } = await api.mutate<{ url: string; expiresAt: string }>(
    'createPasswordLink',
    { endpointId },
    'url expiresAt endpoint { id }',
  )
  return { url, expiresAt, secret: new URL(url).hash.slice(1) }
}

async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url.replace(/#.*/, ''), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const codeOf = ({ status, body }: Answer) => ({ status, code: body.errors?.[0]?.extensions.code })
const passwordOf = ({ password }: TestDatabase) => password

test('the page holds no secret, loads nothing, and may be neither kept nor framed', async () => {
  await using scene = await openScene()
  const response = await fetch(scene.url)
  const html = await response.text()
  expect(response.status).toBe(200)
  expect(html).toContain('<label for="password">')
  expect(html).not.toContain(scene.secret)
  expect(html).not.toMatch(/<!-- |\bsrc=|href=/)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  })
  const policy = response.headers.get('content-security-policy')
  expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/)
  expect(policy).not.toContain('unsafe')
})

test('the link shows what it is for, sets the password, tests it, and is dead', async () => {
  await using scene = await openScene()
  const { api, url, secret, database, endpoint } = scene
  expect(endpoint.hasPassword).toBe(false)
  const tested = () => api.mutate('testEndpoint', { id: endpoint.id }, 'test { ok stages { detail remedy } }')
  expect(JSON.stringify(await tested())).toMatch(/the endpoint has none.*createPasswordLink/)
  expect(await post(url, { secret })).toEqual({
    status: 200,
    body: {
      endpoint: {
        name: 'Shop <b>old</b>',
        host: database.host,
        port: database.port,
        database: database.name,
        user: database.user,
      },
      expiresAt: scene.expiresAt,
    },
  })
  expect(await post(url, { secret, password: passwordOf(database) })).toMatchObject({
    status: 200,
    body: { test: { ok: true, detail: expect.stringContaining('PostgreSQL 15') } },
  })
  expect(await tested()).toMatchObject({ test: { ok: true } })
  expect(codeOf(await post(url, { secret }))).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(codeOf(await post(url, { secret, password: 'again' }))).toEqual({ status: 404, code: 'NOT_FOUND' })
})

test('a wrong password is kept and reported', async () => {
  await using scene = await openScene()
  const { body } = await post(scene.url, { secret: scene.secret, password: 'wrong' })
  expect(body.test).toMatchObject({ ok: false, remedy: expect.stringContaining('password') })
  expect(body.test?.detail).not.toContain('wrong')
})

test('nothing of the link or the password is logged', async () => {
  await using scene = await openScene()
  const { api, url, secret, database } = scene
  await post(url, { secret: 'guessed-secret', password: 'typed-in-vain' })
  await post(url, `{"secret":"${secret}","password":"broken-json`)
  await post(url, { secret, password: passwordOf(database) })
  const logged = api.logged()
  for (const text of [secret, 'guessed-secret', 'typed-in-vain', 'broken-json'])
    expect(logged).not.toContain(text)
})

test('a page of another origin may not enter a password', async () => {
  await using scene = await openScene()
  const { url, secret } = scene
  for (const origin of ['https://evil.example', 'null']) {
    expect(codeOf(await post(url, { secret, password: 'p' }, { origin }))).toEqual({
      status: 403,
      code: 'FORBIDDEN',
    })
  }
  expect((await post(url, { secret }, { origin: new URL(url).origin })).status).toBe(200)
})

test.each<[string, unknown, Readonly<Record<string, string>>]>([
  ['a form', 'secret=x', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['no JSON', '{', {}],
  ['no secret', { password: 'x' }, {}],
  ['a password that is no text', { secret: 'x', password: 5 }, {}],
])('a request with %s is refused', async (_name, body, headers) => {
  await using scene = await openScene()
  expect(codeOf(await post(scene.url, body, headers))).toEqual({ status: 400, code: 'REQUEST_INVALID' })
  expect(codeOf(await post(scene.url, { secret: scene.secret, password: '' }))).toEqual({
    status: 400,
    code: 'BAD_INPUT',
  })
})

test('a body that is too large, and an unknown method, are refused', async () => {
  await using scene = await openScene()
  const { url, secret } = scene
  expect(codeOf(await post(url, { secret, password: 'x'.repeat(70_000) }))).toEqual({
    status: 413,
    code: 'QUERY_TOO_LARGE',
  })
  expect((await fetch(url, { method: 'PUT' })).status).toBe(400)
})

test('who tries too often has to wait', async () => {
  await using scene = await openScene()
  const answers = await Promise.all(Array.from({ length: 60 }, () => post(scene.url, { secret: 'guess' })))
  const statuses = new Set(answers.map(({ status }) => status))
  expect(statuses).toEqual(new Set([404, 429]))
})

test('the link begins with the public URL', async () => {
  await using scene = await openScene({ api: { publicUrl: 'https://godwit.example/base' } })
  expect(scene.url).toMatch(/^https:\/\/godwit\.example\/base\/password\/[0-9a-f-]{36}#[\w-]{43}$/)
  await using plain = await openScene()
  expect(plain.url.startsWith(`${plain.api.url}/password/`)).toBe(true)
})

test('a link lives for 15 minutes unless it is said otherwise, and needs the scope operate', async () => {
  await using scene = await openScene()
  const { api, endpoint } = scene
  const { rows } = await api.database.query(
    `select expires_at - created_at between '14 min' and '16 min' as as_said from godwit_control.password_links`,
  )
  expect(rows).toEqual([{ as_said: true }])
  expect(
    await api.mutate('createPasswordLink', { endpointId: endpoint.id, expiresIn: 'PT1S' }, 'url'),
  ).toMatchObject({ __typename: 'ValidationError', field: 'expiresIn' })
  const { token } = await api.createToken(['read'])
  await expect(api.mutate('createPasswordLink', { endpointId: endpoint.id }, 'url', token)).rejects.toThrow(
    'FORBIDDEN',
  )
})

test('updateEndpoint changes what is given', async () => {
  await using scene = await openScene()
  const { api, endpoint, database } = scene
  const fields = 'endpoint { name host hasPassword tlsMode }'
  expect(
    await api.mutate(
      'updateEndpoint',
      {
        id: endpoint.id,
        name: 'shop',
        connection: { password: passwordOf(database), tls: { mode: 'DISABLE' } },
      },
      fields,
    ),
  ).toMatchObject({
    endpoint: { name: 'shop', host: database.host, hasPassword: true, tlsMode: 'DISABLE' },
  })
  expect(await api.mutate('testEndpoint', { id: endpoint.id }, 'test { ok }')).toMatchObject({
    test: { ok: true },
  })
  expect(
    await api.mutate('updateEndpoint', { id: endpoint.id, connection: { port: 0 } }, fields),
  ).toMatchObject({ __typename: 'ValidationError', field: 'connection.port' })
})

const skipped = findBrowser() === undefined ? `: skipped, ${howToGetBrowser}` : ''

test.skipIf(skipped !== '')(`a person enters the password in a browser${skipped}`, async () => {
  await using scene = await openScene()
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(scene.url)
    await page.getByText('Shop <b>old</b>', { exact: true }).waitFor()
    expect(page.url()).not.toContain(scene.secret)
    await page.getByLabel('Password', { exact: true }).fill(passwordOf(scene.database))
    await page.getByRole('button', { name: 'Save and test' }).click()
    await page.getByRole('heading', { name: 'Saved, and the connection works' }).waitFor()
    expect(await page.getByRole('button').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.goto('about:blank')
    await page.goto(scene.url)
    await page.getByRole('heading', { name: 'not valid' }).waitFor()
    expect(await page.getByText('Server').isVisible()).toBe(false)
  } finally {
    await browser.close()
  }
})
