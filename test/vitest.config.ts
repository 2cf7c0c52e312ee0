import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const longTests = ['test/chaos/**/*.test.ts', 'test/e2e/**/*.test.ts']
const unitTests = ['test/**/*.unit.test.ts']
const serverSetup = 'test/support/global-setup.ts'

/** Forks and the processes that tests start load the same modules again and again; Node compiles them once. */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url))

/**
 * Three projects: `unit` needs no server; `integration` shares servers that are started once per run, with a
 * fresh database for each test; `chaos` is long and runs one file at a time, after the others, for it is about
 * time. Of the others more run at once than there are processors, because many wait most of their time.
 */
export default defineConfig({
  root,
  // As Node resolves packages. Vite's own list has `development`, under which graphql is another copy of itself than
  // the one that the libraries load.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    pool: 'forks',
    maxWorkers: 3,
    // Files share the modules of their worker: none of ours keeps a state that a test could change.
    isolate: false,
    // No longer than it takes, but a busy machine may take its time.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: unitTests, testTimeout: 60_000, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...unitTests, ...longTests],
          globalSetup: serverSetup,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: longTests,
          globalSetup: serverSetup,
          testTimeout: 15 * 60_000,
          hookTimeout: 120_000,
          isolate: true,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
