import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createSecureContext, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  connect,
  type ConnectionSettings,
  type ConnectionStageResult,
  testConnection,
  type TlsSettings,
} from '../../../engine/endpoint/index.ts'
import { type Certificate, createCertificate } from '../../support/certificates.ts'
import { settingsOf } from '../../support/connection.ts'
import { queryServer, startServer, type TestServer, waitFor } from '../../support/servers.ts'
import { listen } from './listen.ts'

const never = new AbortController().signal
const password = 'hush'
const issuer = { ...createCertificate({ commonName: 'the authority' }), commonName: 'the authority' }
const ca = issuer.certificate
const stranger = createCertificate({ commonName: 'another authority' }).certificate

let server: TestServer

beforeAll(async () => {
  server = await startServer({
    version: 18,
    tls: true,
    hba: [
      'hostssl all certified 127.0.0.1/32 cert',
      'hostnossl all plain 127.0.0.1/32 scram-sha-256',
      'hostssl all encrypted 127.0.0.1/32 scram-sha-256',
      'host all certified,plain,encrypted,banned 127.0.0.1/32 reject',
    ],
  })
  for (const role of ['certified', 'plain', 'encrypted', 'banned']) {
    await queryServer(server, `create role ${role} login replication password '${password}'`)
  }
})

beforeEach(async () => {
  await serve(createCertificate({ commonName: 'localhost', names: ['127.0.0.1', 'localhost'], issuer }))
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** Puts another certificate into the server, and waits until it shows it. */
async function serve({ certificate, key }: Certificate): Promise<void> {
  const { ssl_cert_file, ssl_key_file } = server.tls!.settings
  await writeFile(ssl_cert_file!, certificate)
  await writeFile(ssl_key_file!, key)
  await queryServer(server, 'select pg_reload_conf()')
  const wanted = new X509Certificate(certificate).fingerprint256
  await waitFor(async () => (await shownFingerprint()) === wanted, { describe: 'the new certificate' })
}

async function shownFingerprint(): Promise<string | undefined> {
  await using session = await connect(settings({ mode: 'require' }), { purpose: 'test' })
  const { stream } = session.connection
  return stream instanceof TLSSocket ? stream.getPeerCertificate().fingerprint256 : undefined
}

function settings(tls: TlsSettings, changes: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return { ...settingsOf({ ...server, name: 'postgres' }), tls, ...changes }
}

async function isEncrypted(tls: TlsSettings, changes?: Partial<ConnectionSettings>): Promise<boolean> {
  await using session = await connect(settings(tls, changes), { purpose: 'test' })
  const { rows } = await session.query<{ ssl: boolean }>(
    'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
  )
  return rows[0]!.ssl
}

async function failure(
  tls: TlsSettings,
  changes?: Partial<ConnectionSettings>,
): Promise<ConnectionStageResult | undefined> {
  const { stages } = await testConnection(settings(tls, changes), never)
  return stages.find(({ outcome }) => outcome === 'failed')
}

test('each mode is encrypted as it says', async () => {
  expect(await isEncrypted({ mode: 'disable' })).toBe(false)
  expect(await isEncrypted({ mode: 'prefer' })).toBe(true)
  expect(await isEncrypted({ mode: 'require' })).toBe(true)
  expect(await isEncrypted({ mode: 'verify-ca', ca })).toBe(true)
  expect(await isEncrypted({ mode: 'verify-full', ca })).toBe(true)
  expect(await isEncrypted({ mode: 'verify-full', ca }, { host: 'localhost' })).toBe(true)
})

test('the connection test reports version and cipher, and replication goes through TLS', async () => {
  const { ok, stages } = await testConnection(settings({ mode: 'verify-full', ca }), never)
  expect(ok).toBe(true)
  expect(stages[2]).toMatchObject({
    stage: 'TLS',
    outcome: 'passed',
    detail: expect.stringMatching(/^TLSv1\.3, TLS_/),
  })
})

test.for(['verify-ca', 'verify-full'] as const)('%s refuses an unknown authority', async (mode) => {
  expect(await failure({ mode, ca: stranger })).toMatchObject({
    stage: 'TLS',
    detail: expect.stringContaining('not trusted'),
  })
  expect(await failure({ mode })).toMatchObject({ stage: 'TLS' })
})

test('require looks at the authority only when one is given, as libpq does', async () => {
  expect(await failure({ mode: 'require' })).toBeUndefined()
  expect(await failure({ mode: 'require', ca })).toBeUndefined()
  expect(await failure({ mode: 'require', ca: stranger })).toMatchObject({ stage: 'TLS' })
})

test('verify-full names what the certificate is for when the host is not in it', async () => {
  await serve(createCertificate({ commonName: 'db', names: ['db.example.com', '10.1.2.3'], issuer }))
  const failed = await failure({ mode: 'verify-full', ca })
  expect(failed).toMatchObject({ stage: 'TLS' })
  expect(failed!.detail).toContain('db.example.com')
  expect(failed!.detail).toContain('10.1.2.3')
  expect(failed!.detail).toContain('not for 127.0.0.1')
  expect(await failure({ mode: 'verify-ca', ca })).toBeUndefined()
})

test('an expired certificate is said to be expired', async () => {
  await serve(createCertificate({ commonName: 'localhost', names: ['127.0.0.1'], issuer, expired: true }))
  expect(await failure({ mode: 'verify-ca', ca })).toMatchObject({
    stage: 'TLS',
    detail: expect.stringContaining('has expired'),
  })
})

test('a self-signed certificate is its own authority', async () => {
  const own = createCertificate({ commonName: 'localhost', names: ['127.0.0.1'] })
  await serve(own)
  expect(await failure({ mode: 'verify-full', ca })).toMatchObject({ stage: 'TLS' })
  expect(await failure({ mode: 'verify-full', ca: own.certificate })).toBeUndefined()
})

test('a CA that is none is said to be none', async () => {
  expect(await failure({ mode: 'verify-ca', ca: 'garbage' })).toMatchObject({
    stage: 'TLS',
    detail: expect.stringContaining('CA certificate of the endpoint cannot be read'),
  })
})

test('a client certificate lets its user in', async () => {
  const { certificate: clientCertificate, key: clientKey } = server.tls!.createClientCertificate('certified')
  const changes = { user: 'certified', password: null }
  expect(await failure({ mode: 'verify-full', ca, clientCertificate, clientKey }, changes)).toBeUndefined()
})

test('a missing client certificate fails authentication and is named in the remedy', async () => {
  expect(await failure({ mode: 'require' }, { user: 'certified' })).toMatchObject({
    stage: 'AUTHENTICATION',
    remedy: expect.stringContaining('client certificate'),
  })
})

test('a client certificate of an authority that the server does not know fails TLS', async () => {
  const { certificate: clientCertificate, key: clientKey } = createCertificate({
    commonName: 'certified',
    issuer,
  })
  expect(
    await failure({ mode: 'require', clientCertificate, clientKey }, { user: 'certified' }),
  ).toMatchObject({
    stage: 'TLS',
    detail: expect.stringContaining('refused the client certificate'),
  })
})

test('a client key of another certificate fails TLS', async () => {
  const { certificate: clientCertificate } = server.tls!.createClientCertificate('certified')
  const { key: clientKey } = server.tls!.createClientCertificate('certified')
  expect(await failure({ mode: 'require', clientCertificate, clientKey })).toMatchObject({
    stage: 'TLS',
    detail: expect.stringContaining('does not belong'),
  })
})

test('prefer goes on without TLS where pg_hba.conf takes plain connections only', async () => {
  const changes = { user: 'plain', password }
  expect(await isEncrypted({ mode: 'prefer' }, changes)).toBe(false)
  expect(await failure({ mode: 'require' }, changes)).toMatchObject({ stage: 'AUTHENTICATION' })
})

test('a server that takes the user by TLS only says so when the mode is disable', async () => {
  const changes = { user: 'encrypted', password }
  expect(await isEncrypted({ mode: 'prefer' }, changes)).toBe(true)
  expect(await failure({ mode: 'disable' }, changes)).toMatchObject({
    stage: 'AUTHENTICATION',
    remedy: expect.stringContaining('use the TLS mode require'),
  })
})

test('prefer does not send a wrong password again in clear', async () => {
  const { stages } = await testConnection(settings({ mode: 'prefer' }, { password: 'wrong' }), never)
  expect(stages[2]).toMatchObject({ stage: 'TLS', detail: expect.stringMatching(/^TLSv1\.3/) })
  expect(stages[3]).toMatchObject({ stage: 'AUTHENTICATION', outcome: 'failed' })
})

test('a refusal by pg_hba.conf comes with the line to add', async () => {
  expect(await failure({ mode: 'require' }, { user: 'banned', password })).toMatchObject({
    stage: 'AUTHENTICATION',
    remedy: expect.stringContaining('hostssl "postgres" "banned" 127.0.0.1/32 scram-sha-256'),
  })
})

test('on Amazon RDS the remedy for replication is its role', async () => {
  await queryServer(server, `create role rds_replication; create role app login password '${password}'`)
  expect(await failure({ mode: 'require' }, { user: 'app', password })).toMatchObject({
    stage: 'REPLICATION',
    remedy: 'GRANT rds_replication TO "app";',
  })
})

test('the server is asked for by its name, so that a proxy can tell which is meant', async () => {
  const asked = Promise.withResolvers<string>()
  const { certificate: cert, key } = createCertificate({ commonName: 'localhost', issuer })
  await using proxy = await listen((socket) => {
    socket.once('data', () => {
      socket.write('S')
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext({ cert, key }),
        SNICallback: (name, done) => {
          asked.resolve(name)
          done(null, createSecureContext({ cert, key }))
        },
      })
      secured.on('error', () => undefined)
      secured.once('data', () => secured.destroy())
    })
  })
  await testConnection(settings({ mode: 'require' }, { host: 'localhost', port: proxy.port }), never)
  expect(await asked.promise).toBe('localhost')
})
