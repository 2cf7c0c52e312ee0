import type { NewEndpoint } from '../../engine/index.ts'
import { badInput, requirePort, requireStorable, requireText } from './validate.ts'

/** @throws GodwitError BAD_INPUT */
export function validateEndpoint({ name, connection }: NewEndpoint): void {
  const { host, port, database, user, password, tls } = connection
  requireText('name', name, 200)
  requireText('connection.host', host, 255)
  requirePort('connection.port', port)
  requireText('connection.database', database, 255)
  requireText('connection.user', user, 255)
  if (password !== null) requireStorable('connection.password', password, 10_000)
  if (tls.ca !== undefined) requireText('connection.tls.ca', tls.ca, 1_000_000)
  if (tls.clientCertificate !== undefined) {
    requireText('connection.tls.clientCertificate', tls.clientCertificate, 1_000_000)
    if (tls.clientKey === undefined)
      throw badInput('connection.tls.clientKey', 'must come with the client certificate')
  }
  if (tls.clientKey !== undefined) {
    requireText('connection.tls.clientKey', tls.clientKey, 1_000_000)
    if (tls.clientCertificate === undefined) {
      throw badInput('connection.tls.clientCertificate', 'must come with the client key')
    }
  }
}
