import type { FileBody, Schema, SchemaInput, SchemaOutput, Stream } from '@plimsoll/contract'

/** A file as it comes in: its bytes are there as they arrive, once. */
export interface IncomingFile {
  /** Media type, one of the contract's. */
  readonly type: string
  /** Bytes, where the sender has said how many. */
  readonly size: number | undefined
  /** Read once; leaving the loop early tells the sender to stop. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** A file as it is handed on: bytes that are there, or that come. */
export interface OutgoingFile {
  /** Media type, one of the contract's. */
  readonly type: string
  /** Bytes, where it is known how many. What is sent then has exactly so many. */
  readonly size?: number | undefined
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>
}

/** What a schema takes, or what it gives: a date as its text, or as a date. */
type Sendable<S extends Schema> = SchemaInput<S> | SchemaOutput<S>

type ReceivedHead<Head> = Head extends Schema ? SchemaOutput<Head> : unknown
type SentHead<Head> = Head extends Schema ? Sendable<Head> : unknown

/** An operation's input as its handler has it. */
export type ReceivedInput<Input> =
  Input extends Stream<infer Item, infer Head>
    ? ReceivedHead<Head> & { readonly items: AsyncIterable<SchemaOutput<Item>> }
    : Input extends FileBody<infer Head>
      ? ReceivedHead<Head> & { readonly file: IncomingFile }
      : Input extends Schema
        ? SchemaOutput<Input>
        : never

/** An operation's input as its caller gives it. */
export type SentInput<Input> =
  Input extends Stream<infer Item, infer Head>
    ? SentHead<Head> & { readonly items: AsyncIterable<Sendable<Item>> | Iterable<Sendable<Item>> }
    : Input extends FileBody<infer Head>
      ? SentHead<Head> & { readonly file: OutgoingFile }
      : Input extends Schema
        ? Sendable<Input>
        : never

/** An operation's output as its caller has it. */
export type ReceivedOutput<Output> =
  Output extends Stream<infer Item>
    ? AsyncIterable<SchemaOutput<Item>>
    : Output extends FileBody
      ? IncomingFile
      : Output extends Schema
        ? SchemaOutput<Output>
        : never

/** An operation's output as its handler returns it. */
export type SentOutput<Output> =
  Output extends Stream<infer Item>
    ? AsyncIterable<Sendable<Item>>
    : Output extends FileBody
      ? OutgoingFile
      : Output extends Schema
        ? Sendable<Output>
        : never
