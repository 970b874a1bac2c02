package io.afterimage.drills;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between the service and a broker: a TCP proxy that can be cut. As with a cable that is pulled, nobody is told:
 * connections stay open and nothing comes through, neither of old ones nor of new ones, until it is mended; then what was
 * on its way arrives. The one thing that differs from a real cut is that a new connection is made before nobody answers.
 */
final class Cable implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean cut;

    private Cable(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /** From any free port to a port of this machine. */
    static Cable to(int target) throws IOException {
        Cable cable = new Cable(new ServerSocket(0, 50, loopback()), target);
        daemon(cable::accept);
        return cable;
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized void cut() {
        cut = true;
    }

    synchronized void mend() {
        cut = false;
        notifyAll();
    }

    private synchronized void awaitMended() throws InterruptedException {
        while (cut) {
            wait();
        }
    }

    private void accept() throws IOException, InterruptedException {
        while (!server.isClosed()) {
            awaitMended();
            Socket near = server.accept();
            awaitMended();
            try {
                Socket far = new Socket(loopback(), target);
                sockets.add(near);
                sockets.add(far);
                daemon(() -> pump(near, far));
                daemon(() -> pump(far, near));
            } catch (IOException e) {
                near.close(); // nobody is at the other end
            }
        }
    }

    private void pump(Socket from, Socket to) throws InterruptedException {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            from.setTcpNoDelay(true);
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                awaitMended();
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // one end hung up: closing both tells the other
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // closed
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "cable");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        mend();
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
