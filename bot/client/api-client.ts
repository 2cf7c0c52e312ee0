import type { TadaDocumentNode } from 'gql.tada'
import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, ApiUnreachableError, isApiError, toApiError } from './api-error.ts'

export type Scope = 'read' | 'operate' | 'approve' | 'admin'

/** For whom a call is made, and what they may do at most. */
export interface Caller {
  readonly person: string
  readonly scope: Scope
}

export interface ApiAccess {
  /** Of the server, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly token: string
  /** A subscription whose connection brings no answer for as long is broken off, in milliseconds. Absent: 10,000. */
  readonly silenceMs?: number
}

interface Answer<Result> {
  readonly data: Result
  readonly errors?: readonly unknown[]
}

/** The server answers by the schema that the type of the document was made from. */
function isAnswer<Result>(body: unknown): body is Answer<Result> {
  return typeof body === 'object' && body !== null && ('data' in body || 'errors' in body)
}

export interface ExecuteOptions {
  readonly caller?: Caller
  readonly signal?: AbortSignal
}

const requestTimeoutMs = 20_000
/** Before each further attempt of what was too much. */
const pausesMs = [100, 200, 400, 800]
const defaultSilenceMs = 10_000

/** Calls Godwit's API as any GraphQL client could. */
export class ApiClient {
  readonly #access: ApiAccess

  constructor(access: ApiAccess) {
    this.#access = access
  }

  /**
   * Runs a query or mutation, for the bot itself or for `caller`. Waits a moment when the token asks for too much: what many
   * people do at once need not fail for that.
   * @throws ApiError, ApiUnreachableError; the signal's reason when aborted
   */
  async execute<Result, Variables>(
    document: TadaDocumentNode<Result, Variables>,
    variables: Variables,
    options: ExecuteOptions = {},
  ): Promise<Result> {
    for (const pauseMs of pausesMs) {
      try {
        return await this.#attempt(document, variables, options)
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'RATE_LIMITED') throw error
        await sleep(pauseMs, undefined, options).catch(() => options.signal?.throwIfAborted())
      }
    }
    return this.#attempt(document, variables, options)
  }

  async #attempt<Result, Variables>(
    document: TadaDocumentNode<Result, Variables>,
    variables: Variables,
    { caller, signal }: ExecuteOptions,
  ): Promise<Result> {
    const body = JSON.stringify({ query: textOf(document), variables })
    try {
      const timeout = AbortSignal.timeout(requestTimeoutMs)
      const response = await fetch(new URL('/graphql', this.#access.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.#headers(caller) },
        body,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      const answer: unknown = await response.json()
      if (!isAnswer<Result>(answer)) throw toApiError(answer)
      if (answer.errors !== undefined) throw toApiError(answer.errors)
      return answer.data
    } catch (error) {
      signal?.throwIfAborted()
      if (isApiError(error)) throw error
      throw new ApiUnreachableError('Godwit’s API cannot be reached.', { cause: error })
    }
  }

  /**
   * Follows a subscription until `signal` is aborted, or it fails; the caller begins anew where it was. A connection that
   * has died without a word is noticed by its pings, which nobody answers.
   * @throws ApiError, ApiUnreachableError
   */
  async *follow<Result, Variables extends Record<string, unknown>>(
    document: TadaDocumentNode<Result, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<Result> {
    const { url, token, silenceMs = defaultSilenceMs } = this.#access
    let unanswered: NodeJS.Timeout | undefined
    const client = createClient({
      url: url.replace(/^http/, 'ws') + '/graphql',
      connectionParams: { authorization: `Bearer ${token}` },
      connectionAckWaitTimeout: silenceMs,
      keepAlive: silenceMs / 2,
      retryAttempts: 0,
      on: {
        ping: (isFromServer) => {
          if (!isFromServer) unanswered = setTimeout(() => client.terminate(), silenceMs / 2)
        },
        pong: (isFromServer) => {
          if (isFromServer) clearTimeout(unanswered)
        },
      },
    })
    // Its connection may break while it is being closed, which is as good.
    const close = () => Promise.resolve(client.dispose()).catch(() => undefined)
    const stop = () => void close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (signal.aborted) return
      for await (const { data, errors } of client.iterate<Result>({ query: textOf(document), variables })) {
        if (errors !== undefined) throw toApiError(errors)
        if (data != null) yield data
      }
    } catch (error) {
      if (signal.aborted) return
      throw isApiError(error) ? error : toApiError(error)
    } finally {
      signal.removeEventListener('abort', stop)
      clearTimeout(unanswered)
      await close()
    }
  }

  #headers(caller: Caller | undefined): Record<string, string> {
    return {
      authorization: `Bearer ${this.#access.token}`,
      ...(caller && {
        'x-godwit-on-behalf-of': encodeURIComponent(caller.person),
        'x-godwit-scope': caller.scope,
      }),
    }
  }
}

const texts = new WeakMap<object, string>()

function textOf(document: Parameters<typeof print>[0]): string {
  const known = texts.get(document)
  if (known !== undefined) return known
  const text = print(document)
  texts.set(document, text)
  return text
}
