/**
 * A process that owns an embedded server, for tests that kill it: it starts the server in the directory of
 * its first argument (`temporary` as a second one makes it so), tells its parent, and stays until it is killed or its parent is gone.
 */
import { isGodwitError } from '../../engine/index.ts'
import { startEmbeddedServer } from '../../db/embedded/index.ts'
import { silentLog, testBinaries, testSettings } from './start-server.ts'

/** What the process tells its parent. */
export type OwnerReport =
  { readonly url: string } | { readonly code: string; readonly message: string; readonly remedy: string }

const report = (content: OwnerReport): void => void process.send?.(content)

process.once('disconnect', () => process.exit())
try {
  const [dataDir = '', lifetime] = process.argv.slice(2)
  const server = await startEmbeddedServer({
    binaries: testBinaries(18),
    dataDir,
    settings: testSettings,
    isTemporary: lifetime === 'temporary',
    log: silentLog,
  })
  report({ url: server.url('postgres') })
} catch (error) {
  if (!isGodwitError(error)) throw error
  report({ code: error.code, message: error.message, remedy: error.remedy })
}
