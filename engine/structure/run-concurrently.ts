import type { EntryLocks } from './locks.ts'

export interface LockingTask {
  readonly locks: EntryLocks
}

/**
 * Runs tasks with several runners at once, none beside another that it would have to wait for on the server. The
 * first failure is thrown when every runner has come to rest; no task is begun after it.
 */
export async function runConcurrently<T extends LockingTask>(
  tasks: readonly T[],
  runners: readonly ((task: T) => Promise<void>)[],
): Promise<void> {
  const waiting = [...tasks]
  const running = new Set<T>()
  const failures: unknown[] = []
  let change = Promise.withResolvers<void>()

  const take = (): T | undefined => {
    const position = waiting.findIndex((task) => [...running].every((other) => canRunBeside(task, other)))
    return position < 0 ? undefined : waiting.splice(position, 1)[0]
  }
  const work = async (run: (task: T) => Promise<void>) => {
    while (waiting.length > 0 && failures.length === 0) {
      const task = take()
      if (task === undefined) {
        await change.promise
        continue
      }
      running.add(task)
      await run(task).catch((error: unknown) => failures.push(error))
      running.delete(task)
      change.resolve()
      change = Promise.withResolvers()
    }
  }
  await Promise.all(runners.map(work))
  if (failures.length > 0) throw failures[0]
}

function canRunBeside({ locks: mine }: LockingTask, { locks: theirs }: LockingTask): boolean {
  const uses = (locks: EntryLocks, table: number) =>
    locks.exclusive.includes(table) || locks.shared.includes(table)
  return (
    !mine.exclusive.some((table) => uses(theirs, table)) &&
    !theirs.exclusive.some((table) => uses(mine, table))
  )
}
