import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import type { ButtonValue } from './button-value.ts'
import { lines, section } from './blocks/layout.ts'
import { briefStatus } from './card/status-line.ts'
import { message, type SlackMessage } from './message.ts'
import { code, join, type Mrkdwn, mrkdwn, none } from './mrkdwn.ts'
import { counted, formatPercent, formatSeconds } from './units.ts'

/** A migration on one line. */
export const migrationLineFragment = graphql(`
  fragment MigrationLine on Migration {
    shortId
    name
    status
    version
    nextAttemptAt
    source {
      name
    }
    target {
      name
    }
    steps {
      name
      status
      startedAt
      finishedAt
    }
    progress {
      copiedBytes
      copiedRows
      copiedTables
      estimatedRows
      sizeBytes
      tables
    }
    lag {
      seconds
    }
    openAlarmLine: alarms(first: 5, states: [FIRING, ACKNOWLEDGED]) {
      nodes {
        severity
      }
    }
  }
`)

export type MigrationLine = FragmentOf<typeof migrationLineFragment>

const shownItems = 10

export interface ListOptions {
  /** Of the button that shows those that follow, if there are any. */
  readonly more: ButtonValue | undefined
  /** Those that are over are among them. */
  readonly hasAll?: boolean
  /** What they are, such as `Migrations in this channel`. */
  readonly title: string
}

/** Migrations, each with a button that shows it. */
export function migrationList(migrations: readonly MigrationLine[], options: ListOptions): SlackMessage {
  const { title, more, hasAll = false } = options
  const shown = migrations.slice(0, shownItems)
  const buttons = actions('list', [
    button({
      text: 'New migration…',
      action: actionIds.new,
      ...(shown.length === 0 && { style: 'primary' as const }),
    }),
    ...(more === undefined ? [] : [button({ text: 'More', action: actionIds.listMore, value: more })]),
    ...(hasAll ? [] : [button({ text: 'Show all', action: actionIds.runCommand, value: { c: 'list all' } })]),
  ])
  if (shown.length === 0) {
    const nothing = mrkdwn`${title}: none yet.`
    return message({ text: nothing, blocks: [section(nothing), ...buttons] })
  }
  return message({
    text: mrkdwn`${title}: ${join(
      shown.map((each) => mrkdwn`${each.name} (${each.shortId}) ${headline(each)}`),
      '; ',
    )}`,
    blocks: [section(mrkdwn`*${title}*`), ...shown.map(migrationBlock), ...buttons],
  })
}

/** One line of a list. */
export function migrationBlock(migration: MigrationLine): KnownBlock {
  const { shortId: m, version: v, name } = migration
  return section(
    lines(
      mrkdwn`${briefStatus(migration).mark} *${name}*  ${headline(migration)}`,
      mrkdwn`${ends(migration)}  ·  ${m}`,
    ),
    button({ text: 'Show', action: actionIds.show, value: { m, v } }),
  )
}

function headline(migration: MigrationLine): Mrkdwn {
  const { words, fraction } = briefStatus(migration)
  const { lag, status, openAlarmLine } = migration
  const alarms = openAlarmLine.nodes.length
  return join(
    [
      mrkdwn`${words}`,
      fraction === undefined ? none : mrkdwn`${formatPercent(fraction)}`,
      lag === null || status !== 'RUNNING' ? none : mrkdwn`${formatSeconds(lag.seconds)} behind`,
      alarms === 0 ? none : mrkdwn`🔔 ${alarms >= 5 ? '5 or more alarms' : counted(alarms, 'alarm')}`,
    ],
    ', ',
  )
}

function ends({ source, target }: MigrationLine): Mrkdwn {
  return mrkdwn`${source?.name ?? '(deleted)'} → ${target?.name ?? '(deleted)'}`
}

/** An endpoint on one line. */
export const endpointLineFragment = graphql(`
  fragment EndpointLine on Endpoint {
    id
    name
    host
    port
    database
    user
    tlsMode
    hasPassword
  }
`)

export type EndpointLine = FragmentOf<typeof endpointLineFragment>

const shownEndpoints = 20

/** The databases that Godwit knows. */
export function endpointList(
  endpoints: readonly EndpointLine[],
  more: ButtonValue | undefined,
): SlackMessage {
  const shown = endpoints.slice(0, shownEndpoints)
  const newOne = button({ text: 'New endpoint…', action: actionIds.newEndpoint })
  const title = shown.length === 0 ? mrkdwn`Godwit knows no database yet.` : mrkdwn`*Endpoints*`
  return message({
    text: join(
      [
        title,
        join(
          shown.map(({ name }) => mrkdwn`${name}`),
          ', ',
        ),
      ],
      ' ',
    ),
    blocks: [
      section(title),
      ...shown.map(endpointBlock),
      ...actions('endpoints', [
        newOne,
        ...(more === undefined
          ? []
          : [button({ text: 'More', action: actionIds.endpointsMore, value: more })]),
      ]),
    ],
  })
}

function endpointBlock(endpoint: EndpointLine): KnownBlock {
  const { id, name, host, port, database, user, tlsMode, hasPassword } = endpoint
  const words = [
    mrkdwn`${code(`${host}:${port}/${database}`)} as ${user}`,
    mrkdwn`TLS ${tlsMode.toLowerCase().replace('_', '-')}`,
    hasPassword ? none : mrkdwn`no password`,
  ]
  const said = lines(mrkdwn`*${name}*`, join(words, '  ·  '))
  if (hasPassword) return section(said)
  return section(said, button({ text: 'Password link', action: actionIds.passwordLink, value: { i: id } }))
}
