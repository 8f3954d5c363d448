import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';

/** What nobody can read. No schema takes it, so it is refused like any other wrong message. */
const UNREADABLE = Symbol('unreadable');

/**
 * Reads what comes into a workflow. Whoever reaches Temporal can send bytes that are no JSON: with the SDK's own converter that
 * fails the workflow task, which is then tried again for ever, and the workflow never goes on.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  fromPayload: readPayload as PayloadConverter['fromPayload'],
};

function readPayload(payload: Parameters<PayloadConverter['fromPayload']>[0]): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return UNREADABLE;
  }
}
