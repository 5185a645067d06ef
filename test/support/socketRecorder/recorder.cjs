// An extension for tests. It shares its host with Cria, and writes every connection that is opened there,
// and every name that is looked up, into the file that CRIA_SOCKETS names. One JSON line each.
'use strict';
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const dgram = require('node:dgram');
const net = require('node:net');
const process = require('node:process');

const file = process.env.CRIA_SOCKETS;

function note(/** @type {Record<string, unknown>} */ what) {
  if (file) appendFileSync(file, `${JSON.stringify(what)}\n`);
}

/** Arguments of `connect`: options, a path, or port and host; Node hands its own on as an array. */
function place(/** @type {unknown[]} */ args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first;
    return path ? { path } : { host: host ?? 'localhost', port: Number(port) };
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return { host: typeof second === 'string' ? second : 'localhost', port: Number(first) };
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  note(place(args));
  return connect.apply(this, args);
};

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note({ datagram: true });
  return send.apply(this, args);
};

const { lookup } = dns;
dns.lookup = (...args) => {
  note({ name: args[0] });
  return lookup(...args);
};

exports.activate = () => note({ isRecording: true });
