package dev.tenancy.test.isolation;

import dev.tenancy.shop.Shop;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** As an application has it: all parts, with nothing given. */
@SpringBootTest(
        classes = Shop.class,
        webEnvironment = WebEnvironment.NONE,
        properties = {
            "spring.jpa.hibernate.ddl-auto=create-drop",
            "spring.jpa.properties.hibernate.cache.use_second_level_cache=false"
        })
class ShopIsolationTest extends ApplicationIsolationTests {}
