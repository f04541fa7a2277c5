/** 64-bit integers between protobufjs's halves, bigint and number, without rounding. */
import { WorkbenchError } from '@contract/errors'
import type { WireInt64 } from './wire-messages'

const twoTo32 = 4294967296

/** The exact signed value. */
export function bigintOf(value: WireInt64): bigint {
  // The halves of most integers are those of a small number, which is much cheaper to convert.
  if (value.high === 0 || value.high === -1) return BigInt(numberOf(value))
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
}

/**
 * The value as a number.
 *
 * @throws WorkbenchError `invalid-input` outside ±(2^53 - 1); `what` names the value in the message.
 */
export function safeNumberOf(value: WireInt64, what: string): number {
  const number = numberOf(value)
  if (!Number.isSafeInteger(number)) {
    throw new WorkbenchError('invalid-input', `${what} is ${bigintOf(value)}, beyond what a file can hold.`)
  }
  return number
}

/** The halves of a bigint or whole number. @throws WorkbenchError `internal` when it does not fit 64 bits. */
export function wireInt64(value: bigint | number): WireInt64 {
  const exact = BigInt(value)
  if (BigInt.asIntN(64, exact) !== exact) {
    throw new WorkbenchError('internal', `${exact} does not fit a signed 64-bit integer of an ONNX file.`)
  }
  return { low: Number(BigInt.asIntN(32, exact)), high: Number(BigInt.asIntN(32, exact >> 32n)) }
}

function numberOf(value: WireInt64): number {
  return value.high * twoTo32 + (value.low >>> 0)
}
