import type pg from 'pg'
import { DatabaseError } from 'pg'

/** How a transaction ends when nothing failed. */
export type Ending = 'commit' | 'rollback'

/**
 * Statements of one transaction on a pipelined session. They need not be awaited: what is not needed for the next
 * statement costs no round trip.
 */
export class Transaction {
  readonly #client: pg.Client
  readonly #sent: Promise<unknown>[] = []

  constructor(client: pg.Client) {
    this.#client = client
  }

  /** Sends a statement, to be prepared once for each session. */
  query<R extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<R>> {
    const answer = this.#client.query<R>({ name: nameOf(text), text, values: [...values] })
    this.#sent.push(answer)
    answer.catch(() => undefined)
    return answer
  }

  /** Sends a statement that takes no values and is not worth preparing. */
  control(text: string): void {
    const answer = this.#client.query(text)
    this.#sent.push(answer)
    answer.catch(() => undefined)
  }

  /** Waits for everything sent; throws the first failure, as later ones only follow from it. */
  async settle(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#sent)
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure) throw failure.reason
  }
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `s${names.size}`
  names.set(text, name)
  return name
}

/** The session broke after COMMIT was sent and before it was answered: only a look at the rows can tell. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
}

/**
 * Runs `work` between BEGIN and COMMIT, or ROLLBACK if it says so; rolls back and throws when anything fails.
 * @throws OutcomeUnknown
 */
export async function runTransaction(
  client: pg.Client,
  work: (transaction: Transaction) => Promise<Ending>,
): Promise<Ending> {
  const transaction = new Transaction(client)
  transaction.control('begin')
  let commitSent = false
  try {
    const ending = await work(transaction)
    commitSent = ending === 'commit'
    transaction.control(ending)
    await transaction.settle()
    return ending
  } catch (error) {
    if (commitSent && endsSession(error))
      throw new OutcomeUnknown('the answer to a commit was lost', { cause: error })
    transaction.control('rollback')
    await transaction.settle().catch(() => undefined)
    throw error
  }
}

/** Whether the session is over: the server says so, or there is none that could say anything. */
export function endsSession(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC'
}
