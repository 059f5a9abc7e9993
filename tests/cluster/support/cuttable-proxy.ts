import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** Stands between a client and a server, so that connections can be cut as a network cuts them. */
export class CuttableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The server's address, by way of the proxy. */
  readonly address: string;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** `address` names one node, `esdb://HOST:PORT…`. */
  static async to(address: string): Promise<CuttableProxy> {
    const [whole = '', host = '', port = ''] = /([\w.-]+):(\d+)/.exec(address.replace(/^.*\/\/(?:[^@/]*@)?/, '')) ?? [];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proxy = new CuttableProxy(server, address.replace(whole, own));
    server.on('connection', (near) => proxy.#join(near, connect({ host, port: Number(port) })));
    return proxy;
  }

  /** Cuts every connection there is; new ones are let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on nothing comes through, though no connection ends. */
  hold(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
