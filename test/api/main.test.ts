import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'

const mainPath = fileURLToPath(new URL('../../api/main.ts', import.meta.url))

/** Godwit as a program of its own. */
interface Program {
  readonly child: ChildProcess
  output(): string
  /** Ends it as an operator would; resolves with the exit code. */
  stop(): Promise<number | null>
}

function startProgram(environment: Record<string, string>): Program {
  const child = spawn(process.execPath, [mainPath], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'exit')
  return {
    child,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}

async function waitUntilServing(program: Program): Promise<string> {
  await waitFor(() => program.output().includes('the API listens'), {
    timeoutMs: 60_000,
    describe: () => `the API to listen (${program.output()})`,
  })
  return /"url":"([^"]+)"/.exec(program.output())?.[1] ?? ''
}

test('the first start prints an admin token that works, later ones print none; SIGTERM ends it in order', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'godwit-main-'))
  try {
    const first = startProgram({ GODWIT_DATA_DIR: join(directory, 'data') })
    const url = await waitUntilServing(first)
    const token = /gw_[\w-]+/.exec(first.output())?.[0]
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me { scopes } }' }),
    })
    expect(await answer.text()).toContain('ADMIN')
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    expect(await first.stop()).toBe(0)

    const second = startProgram({ GODWIT_DATA_DIR: join(directory, 'data') })
    await waitUntilServing(second)
    expect(second.output()).not.toContain('gw_')
    expect(await second.stop()).toBe(0)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

test('a wrong environment ends it with exit code 1 and what to do', async () => {
  const program = startProgram({ PORT: 'none' })
  await once(program.child, 'exit')
  expect(program.child.exitCode).toBe(1)
  expect(program.output()).toContain('PORT')
  expect(program.output()).toContain('Correct the named environment variables.')
})
