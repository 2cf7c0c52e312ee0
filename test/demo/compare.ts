import { compareDatabases } from '../support/compare-databases.ts'
import { settingsOf } from '../support/connection.ts'
import type { Display } from './display/index.ts'
import { step } from './display/step.ts'
import { inspectShops } from './inspect.ts'
import { balanceLedger } from './ledger.ts'
import type { Load } from './load/index.ts'
import type { ComparedShops } from './report.ts'
import type { DemoDatabase, DemoServers } from './servers.ts'

interface Shops {
  readonly servers: DemoServers
  /** Has stopped. */
  readonly load: Load
  readonly display: Display
}

/** Compares both shops in every way, after a completed migration. */
export async function compareShops({ servers, load, display }: Shops): Promise<ComparedShops> {
  const { source, target } = servers
  const compared = await step(
    display,
    'Comparing every row',
    async () => {
      const { tables } = await compareDatabases(engineSettings(source), engineSettings(target))
      const ledger = await balanceLedger(target, load.ledger)
      return { tables, ledger, inspection: await inspectShops(servers) }
    },
    ({ tables }) => `Compared ${tables.length} tables row by row`,
  )
  return { load, ...compared }
}

function engineSettings(database: DemoDatabase) {
  return settingsOf({ ...database, name: database.database })
}
