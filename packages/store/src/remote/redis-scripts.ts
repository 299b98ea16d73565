import { createHash } from 'node:crypto';

/**
 * What must happen at once, or not at all, in Redis. Everything lies under one prefix:
 *
 * - `about`, a hash: `epoch` (a name for the time since the store was begun), `run` (the Redis process),
 *   `seq` and `forgotten` (the purge sequence), `marks` (how many purges are remembered), `writes` (how
 *   many changes there were), `clock`.
 * - `purges`, a sorted set by sequence: what was purged.
 * - `changes`, a stream: which places changed, by number of the change and who changed them.
 * - `at:<place>`, a hash: the records that a request may select together, by variant. A value is one
 *   line `epoch id count write rev`, then the record as JSON.
 * - `body:<id>:<n>`: segments. Until a record names them they expire soon.
 */
interface Script {
  readonly text: string;
  /** Of the text: what EVALSHA takes. */
  readonly sha: string;
}

const PRELUDE = `
local prefix = ARGV[1]
local about, purges, changes = prefix .. 'about', prefix .. 'purges', prefix .. 'changes'
local function whole(number) return string.format('%.0f', number) end
local function parse(value)
  local epoch, id, count, write, rev = string.match(value, '^(%S+) (%S+) (%d+) (%d+) (%d+)\\n')
  return epoch, id, tonumber(count), tonumber(write), tonumber(rev)
end
local function discard(value)
  local _, id, count = parse(value)
  for n = 0, (count or 0) - 1 do redis.call('UNLINK', prefix .. 'body:' .. id .. ':' .. n) end
end
local function change(edge, place)
  local write = redis.call('HINCRBY', about, 'writes', 1)
  redis.call('XADD', changes, 'MAXLEN', '~', 10000, whole(write) .. '-0', 'by', edge, 'at', place)
  return write
end
`;

/** Where Redis has no room left it refuses a script whose first write takes some. This one takes none. */
const EVEN_WITHOUT_ROOM = `
redis.call('PERSIST', about)
`;

function script(text: string): Script {
  const whole = PRELUDE + text;
  return { text: whole, sha: createHash('sha1').update(whole).digest('hex') };
}

/**
 * What holds now, and what happened since. Begins anew where nothing is there, where Redis was started
 * again (it may have come back with what it knew earlier), where purges were evicted, and where an edge
 * has seen what is no longer known: then everything that was begun before counts as purged.
 */
export const CONFIRM = script(`
local edgeEpoch, edgeSeq, edgeWrites, freshEpoch, run = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local known = redis.call('HMGET', about, 'epoch', 'seq', 'forgotten', 'writes', 'marks', 'run', 'clock')
local epoch = known[1]
local seq, forgotten, writes = tonumber(known[2] or 0), tonumber(known[3] or 0), tonumber(known[4] or 0)
local isUnknown = edgeEpoch ~= '' and epoch ~= edgeEpoch and forgotten <= edgeSeq
local wentBack = epoch == edgeEpoch and seq < edgeSeq
local isDamaged = epoch and (known[6] ~= run or redis.call('ZCARD', purges) ~= tonumber(known[5]))
if not epoch or isUnknown or wentBack or isDamaged then
  if epoch or edgeEpoch ~= '' then
    seq = math.max(seq, edgeSeq) + 1
    forgotten = seq
  end
  writes = math.max(writes, edgeWrites) + 1
  epoch = freshEpoch
  redis.call('DEL', purges, changes)
  redis.call('HSET', about, 'epoch', epoch, 'run', run, 'seq', whole(seq), 'forgotten', whole(forgotten),
    'writes', whole(writes), 'marks', 0, 'markBytes', 0)
end
local made = {}
if seq > edgeSeq then
  made = redis.call('ZRANGEBYSCORE', purges, '(' .. whole(math.max(edgeSeq, forgotten)), '+inf', 'WITHSCORES')
end
local since = {}
if epoch ~= edgeEpoch or writes < edgeWrites or writes - edgeWrites > 1000 then
  since = false
elseif writes > edgeWrites then
  since = redis.call('XRANGE', changes, whole(edgeWrites + 1), '+')
  if #since ~= writes - edgeWrites then since = false end
end
return {epoch, whole(seq), whole(forgotten), whole(writes), known[7], made, since}
`);

/** The records of some places; what nobody asks for is forgotten after a while. */
export const LOAD = script(`
local idleMs = ARGV[2]
local known = redis.call('HMGET', about, 'epoch', 'seq', 'writes')
local found = {}
for n = 3, #ARGV do
  local at = prefix .. 'at:' .. ARGV[n]
  local values = redis.call('HVALS', at)
  if #values > 0 then redis.call('PEXPIRE', at, idleMs) end
  found[#found + 1] = values
end
return {known[1], known[2], known[3], found}
`);

/** Puts a record in its place, if nothing was purged that the edge does not know of, and its segments are there. */
export const COMMIT = script(`
local epoch, seq, edge, place, variant = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local id, count, json, idleMs, limit = ARGV[7], tonumber(ARGV[8]), ARGV[9], ARGV[10], tonumber(ARGV[11])
local known = redis.call('HMGET', about, 'epoch', 'seq')
if known[1] ~= epoch or known[2] ~= seq then return {'behind'} end
for n = 0, count - 1 do
  if redis.call('PEXPIRE', prefix .. 'body:' .. id .. ':' .. n, idleMs) == 0 then return {'lost'} end
end
local at = prefix .. 'at:' .. place
local old = redis.call('HGET', at, variant)
if old then discard(old) end
local write = change(edge, place)
redis.call('HSET', at, variant, epoch .. ' ' .. id .. ' ' .. count .. ' ' .. whole(write) .. ' 0\\n' .. json)
redis.call('PEXPIRE', at, idleMs)
if redis.call('HLEN', at) > limit then
  local oldest, least
  local all = redis.call('HGETALL', at)
  for n = 1, #all, 2 do
    local _, _, _, at = parse(all[n + 1])
    if not least or at < least then oldest, least = n, at end
  end
  redis.call('HDEL', at, all[oldest])
  discard(all[oldest + 1])
end
return {'done', whole(write)}
`);

/** Puts other metadata around a body, perhaps in another place, if nobody else did. */
export const UPDATE = script(`
local epoch, edge, oldPlace, oldVariant, id, rev = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local place, variant, json, idleMs = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local old = redis.call('HGET', prefix .. 'at:' .. oldPlace, oldVariant)
if not old then return false end
local oldEpoch, oldId, count, _, oldRev = parse(old)
if oldEpoch ~= epoch or oldId ~= id or oldRev ~= rev then return false end
for n = 0, count - 1 do redis.call('PEXPIRE', prefix .. 'body:' .. id .. ':' .. n, idleMs) end
if place ~= oldPlace or variant ~= oldVariant then
  redis.call('HDEL', prefix .. 'at:' .. oldPlace, oldVariant)
  if place ~= oldPlace then change(edge, oldPlace) end
  local replaced = redis.call('HGET', prefix .. 'at:' .. place, variant)
  if replaced then discard(replaced) end
end
local write = change(edge, place)
redis.call('HSET', prefix .. 'at:' .. place, variant,
  epoch .. ' ' .. id .. ' ' .. count .. ' ' .. whole(write) .. ' ' .. whole(rev + 1) .. '\\n' .. json)
redis.call('PEXPIRE', prefix .. 'at:' .. place, idleMs)
return whole(write)
`);

/** Forgets a record: this one, or whichever stands there. */
export const DROP = script(`
local edge, place, variant, id = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local at = prefix .. 'at:' .. place
local value = redis.call('HGET', at, variant)
if not value then return false end
local _, oldId = parse(value)
if id ~= '' and oldId ~= id then return false end
redis.call('HDEL', at, variant)
discard(value)
return whole(change(edge, place))
`);

/** One number for all of these purges. Later hard purges of a selector make the earlier ones pointless. */
export const PURGE = script(`${EVEN_WITHOUT_ROOM}
local epoch, channel, limit, limitBytes = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('HGET', about, 'epoch') ~= epoch then return false end
local seq = redis.call('HINCRBY', about, 'seq', 1)
local bytes = tonumber(redis.call('HGET', about, 'markBytes') or 0)
for n = 6, #ARGV, 2 do
  local member = ARGV[n] == 'hard' and 'hard ' .. ARGV[n + 1] or 'soft ' .. whole(seq) .. ' ' .. ARGV[n + 1]
  if redis.call('ZADD', purges, whole(seq), member) == 1 then bytes = bytes + #member end
end
while redis.call('ZCARD', purges) > limit or bytes > limitBytes do
  local popped = redis.call('ZPOPMIN', purges)
  if #popped == 0 then break end
  bytes = bytes - #popped[1]
  redis.call('HSET', about, 'forgotten', popped[2])
end
redis.call('HSET', about, 'marks', redis.call('ZCARD', purges), 'markBytes', whole(bytes))
redis.call('PUBLISH', channel, whole(seq))
return whole(seq)
`);

/** Virtual time moves for all. */
export const SET_CLOCK = script(`${EVEN_WITHOUT_ROOM}
local state, channel = ARGV[2], ARGV[3]
redis.call('HSET', about, 'clock', state)
redis.call('PUBLISH', channel, 'clock')
return 1
`);
