import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@tailboard/service/testing/redis-server'
import { command, tryCommand, until } from '@tailboard/stack'

/** A second machine, as far as one that is reached by ssh and has an engine of its own can be told from this one. */
export class OtherMachine {
  readonly #children: ChildProcess[] = []
  folder = ''
  /** What reaches it, for SSH= of scripts/deploy. */
  ssh = ''
  readonly host = 'root@other-machine'

  get docker(): string {
    return `unix://${this.folder}/docker.sock`
  }

  async start(): Promise<this> {
    this.folder = await mkdtemp(join(tmpdir(), 'tailboard-other-'))
    await Promise.all([this.#startEngine(), this.#startSsh()])
    return this
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    // What an engine leaves mounted would keep its folder.
    const { stdout } = await tryCommand('findmnt', ['-rno', 'TARGET'])
    const mounted = stdout.split('\n').filter((target) => target.startsWith(this.folder))
    for (const target of mounted.reverse()) await tryCommand('umount', [target])
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Runs docker against its engine. */
  runDocker(...args: string[]): Promise<string> {
    return command('docker', ['-H', this.docker, ...args])
  }

  async #startEngine(): Promise<void> {
    const { folder } = this
    // In a network of its own: an engine rules over bridges and the firewall as if there were no other, docker0 among them.
    const dockerd = `dockerd --host ${this.docker} --data-root ${folder}/data --exec-root ${folder}/exec --pidfile ${folder}/dockerd.pid`
    const start = `ip link set lo up && exec ${dockerd} --log-level warn`
    const engine = spawn('unshare', ['--net', 'sh', '-c', start], { stdio: 'ignore' })
    this.#children.push(engine)
    await until('the second engine', async () => {
      if (engine.exitCode !== null) throw new Error(`dockerd ended with ${engine.exitCode}`)
      return (await tryCommand('docker', ['-H', this.docker, 'version'])).code === 0
    })
  }

  async #startSsh(): Promise<void> {
    const { folder } = this
    const port = await freePort()
    await mkdir('/run/sshd', { recursive: true })
    for (const key of ['host', 'client'])
      await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)])
    await command('cp', [join(folder, 'client.pub'), join(folder, 'authorized_keys')])
    await writeFile(
      join(folder, 'sshd_config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${folder}/host`,
        `PidFile ${folder}/sshd.pid`,
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        'StrictModes no',
        'UsePAM no',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        `SetEnv DOCKER_HOST=${this.docker}`,
        '',
      ].join('\n'),
    )
    await writeFile(
      join(folder, 'ssh_config'),
      [
        'Host other-machine',
        '  HostName 127.0.0.1',
        `  Port ${port}`,
        `  IdentityFile ${folder}/client`,
        '  IdentitiesOnly yes',
        `  UserKnownHostsFile ${folder}/known_hosts`,
        '  StrictHostKeyChecking accept-new',
        '',
      ].join('\n'),
    )
    this.ssh = `ssh -F ${folder}/ssh_config`
    // sshd wants to be called by its whole path.
    const path = (await command('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v sshd'])).trim()
    this.#children.push(spawn(path, ['-D', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' }))
    const args = ['-F', join(folder, 'ssh_config'), this.host, 'true']
    await until('sshd', async () => (await tryCommand('ssh', args)).code === 0)
  }
}
