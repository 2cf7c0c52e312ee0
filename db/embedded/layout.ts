import { join } from 'node:path'

/** Where everything of one server lies, below its home directory. */
export interface HomeLayout {
  readonly home: string
  /** Appears by one rename, with everything in it: data and password always belong together. */
  readonly cluster: string
  readonly pgdata: string
  readonly passwordFile: string
  /** Held, as a lock of the operating system, by the guardian for as long as it may touch the home. */
  readonly lockFile: string
  /** Who holds the lock, for messages only. */
  readonly ownerFile: string
  readonly logFile: string
}

export function layoutOf(home: string): HomeLayout {
  const cluster = join(home, 'cluster')
  return {
    home,
    cluster,
    pgdata: join(cluster, 'pgdata'),
    passwordFile: join(cluster, 'password'),
    lockFile: join(home, 'lock'),
    ownerFile: join(home, 'owner.json'),
    logFile: join(home, 'server.log'),
  }
}
