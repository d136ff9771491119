import http, { type IncomingMessage, type Server } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { askingFirst, TAKEN_OVER } from '../../../providers/http/last-question.ts';
import { selfSigned } from '../../support/self-signed.ts';

describe('the last question before a request', () => {
  for (const protocol of ['http:', 'https:'] as const) {
    describe(`over ${protocol}`, () => {
      let server: Server;
      let received: string[];
      let connections: number;
      let agent: http.Agent;
      beforeEach(async () => {
        received = [];
        connections = 0;
        const answer: http.RequestListener = async (request, response) => {
          const parts: Buffer[] = [];
          for await (const part of request) parts.push(part as Buffer);
          received.push(Buffer.concat(parts).toString());
          response.end('done');
        };
        server = protocol === 'http:' ? http.createServer(answer) : https.createServer(selfSigned, answer);
        server.on('connection', () => {
          connections += 1;
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        agent =
          protocol === 'http:'
            ? new http.Agent({ keepAlive: true })
            : new https.Agent({ keepAlive: true, rejectUnauthorized: false });
      });
      afterEach(async () => {
        agent.destroy();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      });

      function send(mayStill: () => boolean): Promise<string> {
        const { port } = server.address() as AddressInfo;
        return new Promise((resolve, reject) => {
          const options = { protocol, host: '127.0.0.1', port, method: 'POST', path: '/badges', agent };
          const request = askingFirst(mayStill).request(options, async (reply: IncomingMessage) => {
            const parts: Buffer[] = [];
            for await (const part of reply) parts.push(part as Buffer);
            resolve(Buffer.concat(parts).toString());
          });
          request.once('error', reject);
          request.write('one ');
          request.end('badge');
        });
      }

      it('is put when the connection stands, once, and yes sends everything, also over a connection used before', async () => {
        const connectionsWhenAsked: number[] = [];
        const mayStill = () => {
          connectionsWhenAsked.push(connections);
          return true;
        };
        expect(await send(mayStill)).to.equal('done');
        expect(await send(mayStill)).to.equal('done');
        expect(received).to.deep.equal(['one badge', 'one badge']);
        expect(connections, 'the second used the connection of the first').to.equal(1);
        expect(connectionsWhenAsked).to.have.length(2);
      });

      it('sends nothing after a no', async () => {
        const failure = await send(() => false).catch((error) => error);
        expect(failure).to.have.property('code', TAKEN_OVER);
        expect(await send(() => true)).to.equal('done');
        expect(received).to.deep.equal(['one badge']);
      });
    });
  }
});
