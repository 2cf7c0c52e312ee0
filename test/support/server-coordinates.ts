/** The servers that a test run shares: the versions that Godwit moves between, and its own. */
export const serverVersions = { source: 15, target: 18, control: 18 } as const

export type ServerName = keyof typeof serverVersions

/** How to reach a server as its superuser. */
export interface ServerCoordinates {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: Record<ServerName, ServerCoordinates>
    /** A database of `control` that has the schema of the control database, and nothing in it. */
    controlTemplate: string
  }
}
