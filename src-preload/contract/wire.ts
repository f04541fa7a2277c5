/**
 * What a page and its host say to each other, over whatever transport: JSON-safe messages, one object each.
 *
 * The page begins with `hello` and is answered with `welcome`; from then on every event reaches it exactly once and in
 * order. After a lost connection it says hello with the last sequence number it has seen and gets what it missed.
 */
import { z } from 'zod'
import type { ErrorWire } from './errors'
import type { SequencedEvent } from './events'

/** Raised when a message changes its meaning; the two ends must have the same. */
export const protocolVersion = 1

/** The largest message that a host reads, in bytes: a recipe of a thousand lines has a tenth of that. */
export const maximumMessageBytes = 1 << 20

/** Where a page left off: the run of the host that it talked to, and the last event that it got from it. */
export const resumePointSchema = z.strictObject({
  session: z.string().max(100),
  sequence: z.int().min(0)
})
export type ResumePoint = z.infer<typeof resumePointSchema>

const idSchema = z.int().min(1)

/** From page to host. Parameters are checked by the schema of their call, not here. */
export const clientMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hello'), protocol: z.int(), resume: resumePointSchema.nullable() }),
  z.strictObject({
    kind: z.literal('request'),
    id: idSchema,
    name: z.string().max(100),
    params: z.unknown().optional()
  }),
  z.strictObject({ kind: z.literal('cancel'), id: idSchema })
])
export type ClientMessage = z.infer<typeof clientMessageSchema>

/** How a call ended. Plain data, so that it can be handed into a page that shares no classes with its shell. */
export type CallOutcome = { readonly result: unknown } | { readonly error: ErrorWire }

/** The answer to `hello`. */
export interface WelcomeMessage extends ResumePoint {
  readonly kind: 'welcome'
  readonly protocol: number
  /** True when events were missed for good, or the host was started anew: what the page shows must be loaded again. */
  readonly mustReload: boolean
}

export interface EventMessage extends SequencedEvent {
  readonly kind: 'event'
}

/** The host's last message: why it ends the connection. With the code `protocol` there is no use in trying again. */
export interface ClosedMessage {
  readonly kind: 'closed'
  readonly error: ErrorWire
}

/** From host to page. */
export type ServerMessage =
  | WelcomeMessage
  | EventMessage
  | ClosedMessage
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorWire }
