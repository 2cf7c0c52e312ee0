import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Webhook } from 'standardwebhooks'
import { afterEach, expect, test, vi } from 'vitest'
import { pingWebhook } from '../../../engine/webhook/attempt.ts'
import { publicLookup } from '../../../engine/webhook/public-lookup.ts'
import { makeWebhookSecret } from '../../../engine/webhook/secret.ts'
import { defaultWebhookSettings } from '../../../engine/webhook/settings.ts'
import { createCertificate } from '../../support/certificates.ts'
import { startReceiver } from '../../support/webhook-receiver.ts'

const settings = { ...defaultWebhookSettings, allowPrivateAddresses: true }
const never = new AbortController().signal

const ping = (url: string, overrides: Partial<typeof settings> = {}, secret = makeWebhookSecret()) =>
  pingWebhook({ url, secrets: [secret], now: new Date() }, { ...settings, ...overrides }, never)

afterEach(() => {
  setDefaultCACertificates(getCACertificates('bundled'))
  vi.unstubAllEnvs()
})

test('a ping is a signed POST of JSON', async () => {
  await using receiver = await startReceiver()
  const secret = makeWebhookSecret()
  expect(await ping(`${receiver.url}/hook?token=1`, {}, secret)).toMatchObject({
    delivered: true,
    statusCode: 204,
    error: null,
  })
  const [{ path, headers, body }] = [receiver.received[0]!]
  expect(path).toBe('/hook?token=1')
  expect(headers['content-type']).toBe('application/json')
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    id: headers['webhook-id'],
    type: 'PING',
  })
})

test('a redirect is not followed', async () => {
  await using aim = await startReceiver()
  await using receiver = await startReceiver((response) =>
    response.writeHead(307, { location: aim.url }).end(),
  )
  expect(await ping(receiver.url)).toMatchObject({
    delivered: false,
    statusCode: 307,
    error: expect.stringContaining('redirect'),
  })
  expect(aim.received).toEqual([])
})

test('a receiver that does not answer is a failure when the time is over', async () => {
  await using receiver = await startReceiver(() => undefined)
  expect(await ping(receiver.url, { timeoutMs: 200 })).toMatchObject({
    delivered: false,
    statusCode: null,
    error: 'The receiver did not answer within 0.2 s.',
  })
})

test('a receiver that answers and never ends its answer is judged by its status', async () => {
  await using receiver = await startReceiver((response) => void response.writeHead(500).write('because'))
  expect(await ping(receiver.url, { timeoutMs: 500 })).toMatchObject({
    statusCode: 500,
    error: 'The receiver answered 500: because',
  })
})

test('an endless answer is cut off', async () => {
  await using receiver = await startReceiver((response) => {
    const fill = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000))) continue
    }
    response.writeHead(500).on('drain', fill)
    fill()
  })
  const { error } = await ping(receiver.url)
  expect(error?.length).toBeLessThanOrEqual(500)
})

test('nobody who listens is a failure that names the address, and nothing of the query', async () => {
  const receiver = await startReceiver()
  await receiver[Symbol.asyncDispose]()
  const { error } = await ping(`${receiver.url}/?token=hunter2`)
  expect(error).toContain('ECONNREFUSED 127.0.0.1')
  expect(error).not.toContain('hunter2')
})

test('a host name that stands for a private address is refused when it is connected to', async () => {
  await using receiver = await startReceiver()
  const url = receiver.url.replace('http://127.0.0.1', 'https://localhost')
  const { delivered, error } = await ping(url, { allowPrivateAddresses: false })
  expect(delivered).toBe(false)
  expect(error).toMatch(/localhost stands for (127\.0\.0\.1|::1), which is not public/)
  expect(receiver.received).toEqual([])
})

test.each([
  [false, '8.8.8.8', 4],
  [true, [{ address: '8.8.8.8', family: 4 }], undefined],
])(
  'what is public is connected to at the address that was checked (all: %s)',
  async (all, address, family) => {
    const answered = await new Promise((resolve) => {
      publicLookup('8.8.8.8', { all }, (...args) => resolve(args))
    })
    expect(answered).toEqual(family === undefined ? [null, address] : [null, address, family])
  },
)

test('a private address that was stored when it was allowed is refused when it is not any more', async () => {
  await using receiver = await startReceiver()
  const { error } = await ping(receiver.url, { allowPrivateAddresses: false })
  expect(error).toContain('https')
  const overTls = await ping(receiver.url.replace('http:', 'https:'), { allowPrivateAddresses: false })
  expect(overTls.error).toContain('127.0.0.1, which is not an address of the public internet')
  expect(receiver.received).toEqual([])
})

const authority = { ...createCertificate({ commonName: 'test authority' }), commonName: 'test authority' }

test('over TLS, a certificate of a trusted authority is accepted', async () => {
  setDefaultCACertificates([authority.certificate])
  const certificate = createCertificate({ commonName: 'hook', names: ['127.0.0.1'], issuer: authority })
  await using receiver = await startReceiver(undefined, certificate)
  expect(await ping(receiver.url)).toMatchObject({ delivered: true })
})

test.each([
  ['of an unknown authority', { names: ['127.0.0.1'] }],
  ['of another host', { names: ['10.0.0.1'], issuer: authority }],
  ['that has expired', { names: ['127.0.0.1'], issuer: authority, expired: true }],
])('over TLS, a certificate %s is refused, whatever the environment says', async (_what, request) => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  setDefaultCACertificates([authority.certificate])
  const certificate = createCertificate({ commonName: 'hook', ...request })
  await using receiver = await startReceiver(undefined, certificate)
  const { delivered, error } = await ping(receiver.url)
  expect(delivered).toBe(false)
  expect(error).toMatch(/certificate|altnames/i)
  expect(receiver.received).toEqual([])
})
