import { expect, test } from 'vitest'
import { createDatabase, startServer } from '../support/servers.ts'

test('a server with TLS and a pg_hba.conf of its own verifies and is verified by certificates', async () => {
  await using server = await startServer({
    version: 18,
    tls: true,
    hba: ['hostssl all bob 127.0.0.1/32 cert', 'host all bob 127.0.0.1/32 reject'],
  })
  await using db = await createDatabase(server)
  await db.query('create role bob login')
  const { certificate, key } = server.tls!.createClientCertificate('bob')
  const client = await db.connect({
    user: 'bob',
    ssl: { ca: server.tls!.caCertificate, cert: certificate, key, rejectUnauthorized: true },
  })
  const { rows } = await client.query(
    'select ssl, version, client_dn from pg_stat_ssl where pid = pg_backend_pid()',
  )
  expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3', client_dn: '/CN=bob' }])
  await expect(db.connect({ user: 'bob' })).rejects.toMatchObject({ code: '28000' })
})
