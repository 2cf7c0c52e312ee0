import type {
  ConnectionSettings,
  ConnectionTest,
  ControlStores,
  CutoverMeasurement,
  FoundObject,
  MeasureRequest,
  ObjectSearch,
  WebhookSettings,
} from '../engine/index.ts'
import type { Viewer } from './auth/index.ts'
import type { SubscriptionSettings } from './subscriptions/settings.ts'

/** Tries to reach a database. Resolves with what failed; rejects only when aborted. */
export type TestConnection = (settings: ConnectionSettings, signal: AbortSignal) => Promise<ConnectionTest>

/** Finds schemas and tables of a live database by their names; takes a few seconds at most. */
export type SearchObjects = (
  settings: ConnectionSettings,
  search: ObjectSearch,
  signal: AbortSignal,
) => Promise<readonly FoundObject[]>

/** Looks at source and target as a cutover would find them; takes a bounded time. */
export type MeasureCutover = (request: MeasureRequest, signal: AbortSignal) => Promise<CutoverMeasurement>

/** What is the same for all operations of a server. */
export interface ApiServices {
  readonly stores: ControlStores
  readonly testConnection: TestConnection
  readonly searchObjects: SearchObjects
  readonly measureCutover: MeasureCutover
  readonly subscriptions: SubscriptionSettings
  readonly webhooks: WebhookSettings
  /** Where people reach this server, without a slash at the end. */
  readonly publicUrl: () => string
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
}

/** What resolvers get: of one operation. */
export interface ApiContext extends ApiServices {
  readonly viewer: Viewer
  /** Aborted when the client has gone. */
  readonly clientGone: AbortSignal
}
