import type { ConnectionSettings, TlsMode, TlsSettings } from '../endpoint/types.ts'
import type { CommandContext } from './actors.ts'
import type { Page, PageRequest } from './pages.ts'

/** A database server as people name it. Its secrets stay behind `EndpointStore.connection`. */
export interface Endpoint {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly tlsMode: TlsMode
  readonly hasPassword: boolean
  readonly hasCa: boolean
  readonly hasClientCertificate: boolean
  readonly createdAt: Date
}

export interface NewEndpoint {
  readonly name: string
  readonly connection: ConnectionSettings
}

/** What is absent stays. */
export interface EndpointChange {
  readonly name?: string
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** Replaces all of it: mode and certificates. */
  readonly tls?: TlsSettings
}

/** All that is given must hold. */
export interface EndpointFilter {
  /** Somewhere in its name, in upper or lower case. */
  readonly name?: string
}

export interface EndpointStore {
  /** @throws GodwitError NAME_TAKEN, BAD_INPUT */
  create(input: NewEndpoint, context: CommandContext): Promise<Endpoint>
  /**
   * Host, port, database and user stay while a migration that has looked at the database names it.
   * @throws GodwitError NOT_FOUND, NAME_TAKEN, BAD_INPUT, IN_USE
   */
  update(id: string, change: EndpointChange, context: CommandContext): Promise<Endpoint>
  /** @throws GodwitError NOT_FOUND, IN_USE when a migration that has not ended names it */
  delete(id: string, context: CommandContext): Promise<void>
  find(id: string): Promise<Endpoint | null>
  findMany(ids: readonly string[]): Promise<readonly (Endpoint | null)[]>
  /** @throws GodwitError BAD_INPUT */
  list(filter: EndpointFilter, page: PageRequest): Promise<Page<Endpoint>>
  /** Decrypts. Only where a connection is about to be made. @throws GodwitError NOT_FOUND, SECRET_UNREADABLE */
  connection(id: string): Promise<ConnectionSettings>
}
