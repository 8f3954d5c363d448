/**
 * gRPC's own limit is 4 MB, which one page of a long run's history passes: `report` would say "received message larger than max" of the
 * very run that somebody asks about. The SDK means to allow 128 MB, and names its option so that gRPC does not know it.
 */
export const channelArgs = { 'grpc.max_receive_message_length': 128 * 2 ** 20 } as const;
