import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findServerAccount, isRoot } from '../../db/embedded/account.ts'
import { type Certificate, createCertificate } from './certificates.ts'

const AUTHORITY_NAME = 'godwit test authority'

export interface ServerTls {
  readonly settings: Readonly<Record<string, string>>
  /** What a client must trust to verify the server, as PEM. */
  readonly caCertificate: string
  /** A client certificate that the server accepts for that user, where pg_hba.conf asks for one. */
  createClientCertificate(user: string): Certificate
}

/** Writes an authority and a server certificate for 127.0.0.1 and localhost into the directory. */
export async function prepareTls(directory: string): Promise<ServerTls> {
  const issuer = { ...createCertificate({ commonName: AUTHORITY_NAME }), commonName: AUTHORITY_NAME }
  const server = createCertificate({ commonName: 'localhost', names: ['127.0.0.1', 'localhost'], issuer })
  const files = {
    ssl_ca_file: join(directory, 'ca.crt'),
    ssl_cert_file: join(directory, 'server.crt'),
    ssl_key_file: join(directory, 'server.key'),
  }
  await writeFile(files.ssl_ca_file, issuer.certificate)
  await writeFile(files.ssl_cert_file, server.certificate)
  await writeFile(files.ssl_key_file, server.key, { mode: 0o600 })
  if (isRoot()) {
    const { uid, gid } = await findServerAccount()
    for (const file of Object.values(files)) await chown(file, uid, gid)
  }
  return {
    settings: { ssl: 'on', ...files },
    caCertificate: issuer.certificate,
    createClientCertificate: (user) => createCertificate({ commonName: user, issuer }),
  }
}
