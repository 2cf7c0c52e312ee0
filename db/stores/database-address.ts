import { sql, type SQL } from 'drizzle-orm'
import { endpoints } from '../schema/index.ts'

/** Of the database of an endpoint: two that have the same are one, whatever they are called. */
export const databaseAddress: SQL<string> = sql<string>`lower(${endpoints.host} || ':' || ${endpoints.port} || '/' || ${endpoints.database})`
