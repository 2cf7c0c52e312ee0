import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, lines, section } from './blocks/layout.ts'
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
  /** There are more than those that were given. */
  readonly hasMore: boolean
  /** What they are, such as `Migrations in this channel`. */
  readonly title: string
}

/** Migrations, each with a button that shows it. */
export function migrationList(migrations: readonly MigrationLine[], options: ListOptions): SlackMessage {
  const shown = migrations.slice(0, shownItems)
  const newOne = button({
    text: 'New migration…',
    action: actionIds.new,
    ...(shown.length === 0 && { style: 'primary' as const }),
  })
  if (shown.length === 0) {
    const nothing = mrkdwn`${options.title}: none yet.`
    return message({ text: nothing, blocks: [section(nothing), ...actions('list', [newOne])] })
  }
  const more = migrations.length > shown.length || options.hasMore
  return message({
    text: mrkdwn`${options.title}: ${join(
      shown.map((each) => mrkdwn`${each.name} (${each.shortId}) ${headline(each)}`),
      '; ',
    )}`,
    blocks: [
      section(mrkdwn`*${options.title}*`),
      ...shown.map(migrationBlock),
      ...(more ? [context(mrkdwn`There are more. ${code('/migrate status id')} shows any of them.`)] : []),
      ...actions('list', [newOne]),
    ],
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
export function endpointList(endpoints: readonly EndpointLine[], hasMore: boolean): SlackMessage {
  const shown = endpoints.slice(0, shownEndpoints)
  const newOne = button({ text: 'New endpoint…', action: actionIds.newEndpoint })
  const more = endpoints.length > shown.length || hasMore
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
      ...(more ? [context(mrkdwn`There are more.`)] : []),
      ...actions('endpoints', [newOne]),
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
