import './query.ts'
import './subscriptions.ts'

export { EventConnection, readEvents } from './connection.ts'
