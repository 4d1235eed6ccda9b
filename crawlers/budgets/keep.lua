-- Keep so many permits. KEYS: holders. ARGV: holder, permits.
local clock = redis.call('TIME')
if tonumber(ARGV[2]) == 0 then return redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d 0 %s.%06d', ARGV[2], clock[1], clock[2]))
redis.call('EXPIRE', KEYS[1], 60)
