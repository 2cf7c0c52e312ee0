/** The server of the page: who may ask it what, and what it tells whom. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { type SlackPage, startSlackPage } from '../../support/slack/index.ts'
import type { Update } from '../../support/slack/page/wire.ts'
import { startTown, type Town } from '../bolt-app.ts'

test('serves itself, and no other file', async () => {
  await using town = await startTown()
  await using page = await startSlackPage(town.slack)
  const statuses = async (...paths: string[]) =>
    Promise.all(paths.map(async (path) => (await raw(page, path)).status))
  expect(
    await statuses(
      '/',
      '/page/styles/base.css',
      '/page/browser/main.ts',
      '/page/browser/text/mrkdwn.ts',
      '/json.ts',
    ),
  ).toEqual([200, 200, 200, 200, 200])
  expect(
    await statuses(
      '/simulator.ts',
      '/page/act.ts',
      '/page/browser/../act.ts',
      '/page/browser/%2e%2e/act.ts',
      '/page/browser/missing.ts',
      '/files/F1',
      '/etc/passwd',
    ),
  ).toEqual([404, 404, 404, 404, 404, 404, 404])
})

test('its script has no types left', async () => {
  await using town = await startTown()
  await using page = await startSlackPage(town.slack)
  const script = await (await fetch(`${page.url}page/browser/dom.ts`)).text()
  expect(script).toContain('export function h')
  expect(script).not.toMatch(/interface|readonly|: Element/)
})

test.each([
  { what: 'another site', headers: { origin: 'https://evil.example' } },
  { what: 'a name that was pointed here', headers: { host: 'evil.example' } },
])('is not there for $what', async ({ headers }) => {
  await using town = await startTown()
  await using page = await startSlackPage(town.slack)
  expect((await raw(page, '/', headers)).status).toBe(403)
})

test.each([
  { what: 'no JSON', body: '{', status: 400 },
  { what: 'nothing that one can do', body: '{"do":"delete everything"}', status: 400 },
  { what: 'too much', body: '{"do":"close","all":true}', status: 400 },
  { what: 'a form', body: 'do=close', type: 'application/x-www-form-urlencoded', status: 415 },
])('refuses $what', async ({ body, type = 'application/json', status }) => {
  await using town = await startTown()
  await using page = await startSlackPage(town.slack)
  const response = await fetch(`${page.url}act?as=${town.maya.id}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  expect(response.status).toBe(status)
})

test('tells each person what they see, and only once', async () => {
  await using town = await startTown()
  const { slack, maya, ben, channel } = town
  const secret = slack.addChannel(town.workspace, 'secret', { kind: 'private', members: [maya] })
  await using page = await startSlackPage(slack)
  await using forMaya = await follow(page, maya.id)
  await using forBen = await follow(page, ben.id)
  expect(textsIn(await forMaya.next())).toEqual([])
  expect(textsIn(await forBen.next())).toEqual([])
  slack.as(maya).say(channel, 'for all')
  slack.as(maya).say(secret, 'for few')
  expect(textsIn(await forMaya.next())).toEqual(['for all', 'for few'])
  expect(textsIn(await forBen.next())).toEqual(['for all'])
  slack.as(maya).say(channel, 'more')
  expect(textsIn(await forMaya.next())).toEqual(['more'])
  slack.deleteMessage(slack.latestMessage(channel))
  expect(await forBen.next()).toMatchObject({ isWhole: false })
  expect((await forBen.next()).gone).toHaveLength(1)
})

test('shows what was uploaded: pictures as such, anything else to be saved', async () => {
  await using town = await startTown()
  await using page = await startSlackPage(town.slack)
  const png = await upload(town, Buffer.from('89504e470d0a1a0a00', 'hex'))
  const other = await upload(town, Buffer.from('<script>alert(1)</script>'))
  expect((await fetch(`${page.url}files/${png}`)).headers.get('content-type')).toBe('image/png')
  const { headers } = await fetch(`${page.url}files/${other}`)
  expect(headers.get('content-type')).toBe('application/octet-stream')
  expect(headers.get('content-disposition')).toMatch(/^attachment/)
})

/** As it is written: fetch would tidy the path, and keeps Host to itself. */
async function raw(
  page: SlackPage,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number }> {
  const { hostname, port } = new URL(page.url)
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  request({ hostname, port, path, headers }, (response) => {
    response.resume()
    resolve(response.statusCode ?? 0)
  })
    .on('error', reject)
    .end()
  return { status: await promise }
}

/** Reads the updates one by one. */
async function follow(page: SlackPage, userId: string) {
  const leaving = new AbortController()
  const response = await fetch(`${page.url}stream?as=${userId}`, { signal: leaving.signal })
  const updates = updatesIn(response)
  return {
    next: async (): Promise<Update> => {
      const { value } = await updates.next()
      if (value === undefined) throw new Error('the stream has ended')
      return value
    },
    [Symbol.asyncDispose]: async () => leaving.abort(),
  }
}

async function* updatesIn(response: Response): AsyncGenerator<Update, undefined> {
  let rest = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) yield JSON.parse(event.replace(/^data: /, ''))
  }
  return undefined
}

function textsIn({ parts }: Update): string[] {
  return Object.values(parts).flatMap((part) => (part.kind === 'message' ? [part.message.text] : []))
}

async function upload({ slack, channel, token }: Town, bytes: Buffer): Promise<string> {
  const call = async (method: string, body: Record<string, string>) => {
    const response = await fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      body: new URLSearchParams({ ...body, token }),
    })
    const answer: { upload_url: string; file_id: string } = await response.json()
    return answer
  }
  const begun = await call('files.getUploadURLExternal', { filename: 'x', length: String(bytes.length) })
  await fetch(begun.upload_url, { method: 'POST', body: new Uint8Array(bytes) })
  const files = JSON.stringify([{ id: begun.file_id, title: 'x' }])
  await call('files.completeUploadExternal', { files, channel_id: channel.id })
  return begun.file_id
}
