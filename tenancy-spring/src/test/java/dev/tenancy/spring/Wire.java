package dev.tenancy.spring;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What is between an application and its database, to be cut, or to carry nothing for a while. */
final class Wire implements Closeable {

    private final String host;
    private final int target;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private volatile boolean cut;
    private boolean frozen; // guarded by lock

    Wire(String host, int target) throws IOException {
        this.host = host;
        this.target = target;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        background(() -> {
            while (true) {
                Socket near = door.accept();
                if (cut) {
                    near.close();
                } else {
                    Socket far = new Socket(host, target);
                    open.add(near);
                    open.add(far);
                    background(() -> carry(near, far));
                    background(() -> carry(far, near));
                }
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    private void carry(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[8192];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                awaitThaw();
                out.write(some, 0, count);
                out.flush();
            }
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitThaw() {
        lock.lock();
        try {
            while (frozen) {
                thawed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends what is open, and takes nothing new. */
    void cut() throws IOException {
        cut = true;
        breakAll();
    }

    /** Ends what is open. */
    void breakAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    void mend() {
        cut = false;
    }

    /** Keeps everything open, and carries nothing. */
    void freeze() {
        freeze(true);
    }

    void thaw() {
        freeze(false);
    }

    private void freeze(boolean wanted) {
        lock.lock();
        try {
            frozen = wanted;
            thawed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    // Sockets are closed from elsewhere, which is how each of these ends.
    private static void background(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        thaw();
        door.close();
        breakAll();
    }
}
