import { randomBytes } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { startEmbeddedServer } from '../../db/embedded/index.ts'
import { openControlStores } from '../../db/index.ts'
import { connectClient } from './connect-client.ts'
import { type ServerCoordinates, type ServerName, serverVersions } from './server-coordinates.ts'
import { makeTempDirectory, silentLog, testBinaries, testSettings } from './start-server.ts'

/**
 * Starts the servers that all tests of a run share, and tells the tests where they are. When the run is
 * killed, the servers' guardians shut them down and delete their data.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using started = new AsyncDisposableStack()
  const start = async (name: ServerName): Promise<ServerCoordinates> => {
    const directory = started.use(await makeTempDirectory())
    const server = await startEmbeddedServer({
      binaries: testBinaries(serverVersions[name]),
      dataDir: directory.path,
      settings: testSettings,
      isTemporary: true,
      log: silentLog,
    })
    started.defer(() => server.stop({ mode: 'immediate' }))
    const { host, port, user, password } = server
    return { host, port, user, password }
  }

  const [source, target, control] = await Promise.all([start('source'), start('target'), start('control')])
  project.provide('servers', { source, target, control })
  project.provide('controlTemplate', await makeControlTemplate(control))
  const stack = started.move()
  return () => stack.disposeAsync()
}

/** Opens a control database once, so that the tests copy it instead of migrating one each. */
async function makeControlTemplate(control: ServerCoordinates): Promise<string> {
  const name = 'control_template'
  const { host, port, user, password } = control
  const databaseUrl = `postgresql://${user}:${password}@${host}:${port}/${name}`
  await using admin = await connectClient({ ...control, database: 'postgres' })
  await admin.query(`create database ${name}`)
  const stores = await openControlStores({ databaseUrl, secretKey: randomBytes(32), log: silentLog })
  await stores[Symbol.asyncDispose]()
  // Whoever were connected would keep others from copying it.
  await admin.query(`alter database ${name} allow_connections false`)
  return name
}
