import { df } from '../hosts.ts'
import { all, type Case, failed, file, gone, noEngine, says } from './change.ts'

export const card: Record<string, Case[]> = {
  'card-writable': [
    [
      'read-only',
      file('/proc/mounts', '/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n'),
      'PROBLEM',
      /read-only/,
      /dmesg/,
    ],
    [
      'mounted over',
      file('/proc/mounts', 'rootfs / rootfs ro 0 0\n/dev/mmcblk0p2 / ext4 rw,errors=remount-ro 0 0\n'),
      'ok',
      /can be written/,
    ],
    ['errors counted', file('/sys/fs/ext4/mmcblk0p2/errors_count', '3\n'), 'warning', /3 errors/, /Backup/],
    ['not told', gone('/proc/mounts'), 'unknown', /mounts/],
  ],
  'card-space': [
    ['full', says('df', '-Pk /', df('51200', '99%')), 'PROBLEM', /Only 50 MB are free at \//, /apt clean/],
    [
      'little, where Docker has its images',
      says('df', '-Pk /var/lib/docker', df('512000', '97%')),
      'warning',
      /500 MB are free at \/var\/lib\/docker/,
      /image prune/,
    ],
    ['without Docker', noEngine, 'ok', /free at \//],
    ['no answer', all(says('df', '-Pk /', failed('df: no')), noEngine), 'unknown', /df/],
  ],
  'card-inodes': [
    ['none left', says('df', '-Pi /', df('0', '100%')), 'PROBLEM', /no more files/, /apt clean/],
    ['few left', says('df', '-Pi /var/lib/docker', df('9', '93%')), 'warning', /93 %/, /apt clean/],
    ['no such limit', all(says('df', '-Pi /', df('0', '-')), noEngine), 'ok', /more files/],
    ['no answer', all(says('df', '-Pi /', failed('df: no')), noEngine), 'unknown', /df/],
  ],
}
