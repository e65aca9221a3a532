package dev.tenancy.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

@AnalyzeClasses(packages = "dev.tenancy.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule requestsHaveTheirTenantWithoutCrud = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tenancy.spring.crud..");

    @ArchTest
    static final ArchRule crudGoesRoundInNoCircle = slices().assignedFrom(new SliceAssignment() {

                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return type.getPackageName().equals("dev.tenancy.spring.crud")
                            ? SliceIdentifier.of(type.getName().replaceFirst("[$].*", ""))
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "classes of the package crud";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule whatMayChangeInHibernateIsKnownToThree = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring.crud..")
            .and()
            .haveNameNotMatching(".*[.](AttributePath|RecordReader|RecordShape)([$].*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.hibernate..internal..");

    @ArchTest
    static final ArchRule noMethodOfCrudTakesSixParameters = methods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.tenancy.spring.crud..")
            // Of lambdas, what they use is a parameter as well.
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            // Of a bean, they are what it needs.
            .and()
            .areNotAnnotatedWith(Bean.class)
            .should(new ArchCondition<>("take five parameters at most") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    if (method.getRawParameterTypes().size() > 5) {
                        events.add(SimpleConditionEvent.violated(method, method.getDescription()));
                    }
                }
            });

    // The bodies of any handler go through RequestBodies, so that no controller of this package need be there.
    @ArchTest
    static final ArchRule controllersAloneMakeProblems = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring.crud..")
            .and()
            .haveNameNotMatching(".*[.](TenantReadController|RequestBodies)([$].*)?")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Problem.class);

    // Where an application initialises lazily, a listener or a check that nobody injects would never be made.
    @ArchTest
    static final ArchRule configurationsAreMadeAtStart = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .or()
            .areAnnotatedWith(Configuration.class)
            .should()
            .beAnnotatedWith(Lazy.class);
}
