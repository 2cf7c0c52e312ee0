import { type ApiClient, ApiError, graphql, payloadOf, type ResultOf, readNodes } from '../client/index.ts'

/** A note of the bot in the control database. */
export interface BotNote {
  readonly key: string
  readonly value: unknown
  readonly version: number
  /** By the clock of the control database, as the times of events are. */
  readonly updatedAt: string
}

export interface PutOptions {
  /** 0: only if there is none. Absent: whatever is there is replaced. */
  readonly expectedVersion?: number
  /** Absent: it stays. */
  readonly expiresInMs?: number
  readonly signal?: AbortSignal
}

export interface NoteToPut extends Omit<PutOptions, 'signal'> {
  readonly key: string
  readonly value: unknown
}

const namespace = 'slack'
const pageSize = 100

const noteFragment = graphql(`
  fragment BotNote on BotRecord {
    key
    value
    version
    updatedAt
  }
`)

const putFragment = graphql(
  `
    fragment PutNote on PutBotRecordResult {
      __typename
      ... on PutBotRecordPayload {
        record {
          ...BotNote
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  `,
  [noteFragment],
)

const BotRecordQuery = graphql(
  `
    query BotRecord($namespace: String!, $key: String!) {
      botRecord(namespace: $namespace, key: $key) {
        ...BotNote
      }
    }
  `,
  [noteFragment],
)

const BotRecordsQuery = graphql(
  `
    query BotRecords($namespace: String!, $prefix: String!, $first: Int!, $after: String) {
      botRecords(namespace: $namespace, prefix: $prefix, first: $first, after: $after) {
        nodes {
          ...BotNote
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [noteFragment],
)

const PutBotRecord = graphql(
  `
    mutation PutBotRecord($input: PutBotRecordInput!) {
      putBotRecord(input: $input) {
        ...PutNote
      }
    }
  `,
  [putFragment],
)

const PutTwo = graphql(
  `
    mutation PutTwo($first: PutBotRecordInput!, $second: PutBotRecordInput!) {
      first: putBotRecord(input: $first) {
        ...PutNote
      }
      second: putBotRecord(input: $second) {
        ...PutNote
      }
    }
  `,
  [putFragment],
)

const PutThree = graphql(
  `
    mutation PutThree($first: PutBotRecordInput!, $second: PutBotRecordInput!, $third: PutBotRecordInput!) {
      first: putBotRecord(input: $first) {
        ...PutNote
      }
      second: putBotRecord(input: $second) {
        ...PutNote
      }
      third: putBotRecord(input: $third) {
        ...PutNote
      }
    }
  `,
  [putFragment],
)

const DeleteBotRecord = graphql(`
  mutation DeleteBotRecord($input: DeleteBotRecordInput!) {
    deleteBotRecord(input: $input) {
      __typename
      ... on DeleteBotRecordPayload {
        deleted
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  }
`)

/**
 * What the bot has to remember, for itself after a restart and for its other processes. Expiry is by the clock of the
 * control database.
 * @throws ApiError, ApiUnreachableError, from every method
 */
export class Records {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  async find(key: string, signal?: AbortSignal): Promise<BotNote | null> {
    const { botRecord } = await this.#api.execute(BotRecordQuery, { namespace, key }, withSignal(signal))
    return botRecord
  }

  /** Those whose keys begin with the prefix, in the order of their keys. */
  list(prefix: string, signal?: AbortSignal): AsyncGenerator<BotNote> {
    return readNodes((after) => this.#page(prefix, after, signal))
  }

  /** Resolves with null when what is there is not what was expected. */
  async put(key: string, value: unknown, options: PutOptions = {}): Promise<BotNote | null> {
    const input = inputOf({ ...options, key, value })
    return await unlessStale(async () => {
      const { putBotRecord } = await this.#api.execute(PutBotRecord, { input }, withSignal(options.signal))
      return payloadOf(putBotRecord, 'PutBotRecordPayload').record
    })
  }

  /** Both in their order, with one request; each by itself, whatever becomes of the other. */
  async putTwo(
    one: NoteToPut,
    other: NoteToPut,
    signal?: AbortSignal,
  ): Promise<readonly [BotNote | null, BotNote | null]> {
    const variables = { first: inputOf(one), second: inputOf(other) }
    const { first, second } = await this.#api.execute(PutTwo, variables, withSignal(signal))
    return [await writtenOf(first), await writtenOf(second)]
  }

  /** The same of three. */
  async putThree(
    [one, two, three]: readonly [NoteToPut, NoteToPut, NoteToPut],
    signal?: AbortSignal,
  ): Promise<readonly [BotNote | null, BotNote | null, BotNote | null]> {
    const variables = { first: inputOf(one), second: inputOf(two), third: inputOf(three) }
    const { first, second, third } = await this.#api.execute(PutThree, variables, withSignal(signal))
    return [await writtenOf(first), await writtenOf(second), await writtenOf(third)]
  }

  /** Resolves with whether there was one, of the expected version. */
  async delete(key: string, expectedVersion?: number): Promise<boolean> {
    const input = { namespace, key, ...(expectedVersion !== undefined && { expectedVersion }) }
    const deleted = await unlessStale(async () => {
      const { deleteBotRecord } = await this.#api.execute(DeleteBotRecord, { input })
      return payloadOf(deleteBotRecord, 'DeleteBotRecordPayload').deleted
    })
    return deleted ?? false
  }

  async #page(prefix: string, after: string | null, signal: AbortSignal | undefined): Promise<Page> {
    const variables = { namespace, prefix, first: pageSize, after }
    const { botRecords } = await this.#api.execute(BotRecordsQuery, variables, withSignal(signal))
    return botRecords
  }
}

function inputOf({ key, value, expectedVersion, expiresInMs }: NoteToPut) {
  return {
    namespace,
    key,
    value,
    ...(expectedVersion !== undefined && { expectedVersion }),
    ...(expiresInMs !== undefined && { expiresIn: `PT${expiresInMs / 1000}S` }),
  }
}

/** Null when what is there is not what was expected. */
function writtenOf(result: Put): Promise<BotNote | null> {
  return unlessStale(async () => payloadOf(result, 'PutBotRecordPayload').record)
}

type Put = ResultOf<typeof PutTwo>['first']
type Page = ResultOf<typeof BotRecordsQuery>['botRecords']

async function unlessStale<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof ApiError && error.code === 'STALE_VERSION') return null
    throw error
  }
}

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
